// Package photos is the resource of pictures of what came back. They go with their case.
package photos

import (
	"context"
	_ "embed"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station keeps pictures. One that the case has not, or has no more, is refused as NotFound.
type Station interface {
	Photo(ctx context.Context, returnID, photo string) (jpeg []byte, err error)
}

type family struct{ station Station }

// Family is the family over a station.
func Family(s Station) rest.Family {
	f := family{s}
	return rest.Family{Name: "photos", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/returns/{return}/photos/{photo}", Scope: "returns:read", Run: rest.Plain(f.read),
			Naming: rest.MayBeNamed, Does: string(people.GradeReturns)},
	}}
}

var jpegType = []string{"image/jpeg"}

// NoSuchPhoto is told of a picture that is not there, of a return that is not, and of an id
// that is none.
var NoSuchPhoto = ledger.Refuse(ledger.NotFound, "no-such-photo",
	"this return has no such picture; pictures are erased when it ends")

func (f family) read(x *rest.Exchange) error {
	id, is := returns.IsNumber(x.Var("return"))
	if !is {
		return NoSuchPhoto
	}
	picture, err := f.station.Photo(x.Context(), id, x.Var("photo"))
	if err != nil {
		return err
	}
	return x.Send(http.StatusOK, jpegType, picture)
}
