package telemetry

// ErrorTypes are the types of errors that are variables, in their order.
func ErrorTypes() func(func(string, error) bool) {
	return func(yield func(string, error) bool) {
		for _, t := range errorTypes {
			if !yield(t.name, t.target) {
				return
			}
		}
	}
}

// TypeOf is errorType.
var TypeOf = errorType
