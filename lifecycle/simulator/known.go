package simulator

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
)

// onlySimulated is what the simulator says of everything that AWS Marketplace has besides.
const onlySimulated = "the simulator knows machine learning products and their offers only"

// entityTypes are all that the catalog has. Accounts own entities of two of them only.
var entityTypes = map[string]bool{
	bareProductType: true, bareOfferType: true, "AmiProduct": true, "ContainerProduct": true, "DataProduct": true,
	"SaaSProduct": true, "ServerProduct": true, "ProfessionalServicesProduct": true, "ProcurementPolicy": true,
	"Experience": true, "Audience": true, "BrandingSettings": true, "OfferSet": true, "Seller": true,
	"ResaleAuthorization": true, "Solution": true, "SubsidiaryAuthorization": true, "ExpressPrivateOfferConfiguration": true,
}

func badEntityType(name string) error {
	return &apiError{
		http.StatusUnprocessableEntity, "ValidationException", fmt.Sprintf("Requested entity type '%s' is invalid.", name),
		[]fieldError{{Field: "EntityType", Message: "is no entity type of the catalog" + meant(name, sortedKeys(entityTypes)), Reason: badField}},
	}
}

// privateOfferChanges are documented for offers, and not simulated.
var privateOfferChanges = map[string]bool{
	"CreateReplacementOffer": true, "CreateOfferUsingResaleAuthorization": true,
	"CreateReplacementOfferUsingResaleAuthorization": true, "UpdateMarkup": true, "UpdateCustomerVerificationTerms": true,
}

// otherProductChanges are documented for products of other types, and not for machine learning products.
var otherProductChanges = map[string]string{
	"AddRegions": "AmiProduct", "RestrictRegions": "AmiProduct", "UpdateFutureRegionSupport": "AmiProduct",
	"AddInstanceTypes": "AmiProduct", "RestrictInstanceTypes": "AmiProduct", "AddRepositories": "ContainerProduct",
	"AddDimensions": "products of other types", "UpdateDimensions": "products of other types", "RestrictDimensions": "products of other types",
}

// unknownChange says why a change cannot be made: it is not simulated, belongs to other entities, or is a slip of the pen.
func unknownChange(changeType, entityType string) string {
	bare, number, _ := strings.Cut(entityType, "@")
	switch {
	case !entityTypes[bare]:
		return fmt.Sprintf("%s is no entity type of AWS Marketplace%s", bare, meant(bare, sortedKeys(entityTypes)))
	case bare != bareProductType && bare != bareOfferType:
		return fmt.Sprintf("%s of %s is not simulated: %s", changeType, entityType, onlySimulated)
	case number != "1.0":
		return fmt.Sprintf("%s has version 1.0, not %s", bare, number)
	case bare == bareOfferType && privateOfferChanges[changeType]:
		return fmt.Sprintf("%s is for private offers and is not simulated: %s", changeType, onlySimulated)
	case bare == bareProductType && otherProductChanges[changeType] != "":
		return fmt.Sprintf("%s is for %s, not for %s", changeType, otherProductChanges[changeType], entityType)
	}
	var known, elsewhere []string
	for k := range changeTypes {
		if k.entityType == entityType {
			known = append(known, k.changeType)
		} else if k.changeType == changeType {
			elsewhere = append(elsewhere, k.entityType)
		}
	}
	if len(elsewhere) > 0 {
		return fmt.Sprintf("%s is a change of %s, not of %s", changeType, elsewhere[0], entityType)
	}
	sort.Strings(known)
	return fmt.Sprintf("%s is no change type of %s%s", changeType, entityType, meant(changeType, known))
}

// otherOperations are those of the Catalog API that the simulator does not answer.
var otherOperations = map[string]bool{
	"GetResourcePolicy": true, "PutResourcePolicy": true, "DeleteResourcePolicy": true, "ListAssessments": true, "DescribeAssessment": true,
}

// noOperation says why there is no answer to the request.
func noOperation(r *http.Request) string {
	if name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix); ok && r.URL.Path == "/" {
		return fmt.Sprintf("%.100q of SageMaker is not simulated: only DescribeModelPackage and DescribeAlgorithm are", name)
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return fmt.Sprintf("the target %.100q is not simulated: only SageMaker.DescribeModelPackage and SageMaker.DescribeAlgorithm are", target)
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if op, ok := operations[name]; ok && op.path == r.URL.Path {
		return fmt.Sprintf("%s is called by %s, not by %s", name, op.method, r.Method)
	}
	if otherOperations[name] {
		return fmt.Sprintf("%s of the Catalog API is not simulated", name)
	}
	var names []string
	for known, op := range operations {
		if op.path == "/"+known {
			names = append(names, known)
		}
	}
	sort.Strings(names)
	return fmt.Sprintf("%s %.100s is no operation of the Catalog API%s", r.Method, r.URL.Path, meant(name, names))
}

// meant proposes the known name that is nearest to a mistyped one.
func meant(name string, known []string) string {
	best, least := "", 4 // so many letters may be wrong
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; is " + best + " meant?"
}

// distance counts the letters to be put in, taken out or replaced to make b of a.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 { // no name is as long
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
