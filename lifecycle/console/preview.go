package console

import (
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (q *request) preview(uuid.UUID) error { return lifecycle.ErrNotFound }
