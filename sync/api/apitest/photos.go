package apitest

import (
	"context"

	"cubby/sync/api/photos"
)

// Photo is a picture of one return.
func (c *Core) Photo(_ context.Context, returnID, photo string) ([]byte, error) {
	if returnID != SomeReturn || photo != "ph-1" {
		return nil, photos.NoSuchPhoto
	}
	return []byte("\xff\xd8\xff\xd9"), nil
}
