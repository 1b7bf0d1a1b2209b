package simulator

import "strings"

const (
	// goneStatus asks to remove a resource. It is never kept.
	goneStatus       = "Deleted"
	maxFailureReason = 1024 // bytes
)

// forget tells whether the status asks to remove the resource, and takes the request out of it.
func forget(status *string) bool {
	if *status != goneStatus {
		return false
	}
	*status = ""
	return true
}

// modelPackage finds a package as the seller sees it: one of another account does not exist.
func (st *state) modelPackage(seller, arn string) *ModelPackage {
	if accountOf(arn) != seller {
		return nil
	}
	return st.ModelPackages[arn]
}

// algorithm does for an algorithm what modelPackage does for a package.
func (st *state) algorithm(seller, arn string) *Algorithm {
	if accountOf(arn) != seller {
		return nil
	}
	return st.Algorithms[arn]
}

func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

type statusDetails struct{ ValidationStatuses, ImageScanStatuses []statusItem }

type statusItem struct {
	Name, Status  string
	FailureReason string `json:",omitempty"`
}

// validations says how far the validation of a resource has come. Deleting does not tell.
var validations = map[string]string{
	"Pending": "NotStarted", "InProgress": "InProgress", "Completed": "Completed", "Failed": "Failed",
}

// detailsOf reports the one validation that each resource here went through. Images are not scanned.
func detailsOf(name, status, reason string) statusDetails {
	out := statusDetails{[]statusItem{}, []statusItem{}}
	if v := validations[status]; v != "" {
		out.ValidationStatuses = append(out.ValidationStatuses, statusItem{name, v, reason})
	}
	return out
}
