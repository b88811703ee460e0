package parcel_test

import (
	"cubby/locker/care"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// Everything is played with the room in which bearers say that something is wrong.
func init() {
	parcel.With(func(number string) visit.Command {
		return care.CloseCase{Number: number, Note: "looked into"}
	}, care.Room)
}
