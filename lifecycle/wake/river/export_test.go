package river

import "time"

// Poll is how often the database is asked for jobs.
func Poll(d time.Duration) Option { return func(j *Jobs) { j.poll = d } }
