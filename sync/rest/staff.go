package rest

import (
	"context"
	"net/http"

	"cubby/sync/problem"
)

// StaffHeader names who of the staff does something: it holds what the QR code of their
// badge says. PINs are not taken, they could be guessed.
const StaffHeader = "Cubby-Staff"

// Tools is who comes in by the Unix socket and names nobody: the account of the tools.
const Tools = "tools"

// Naming says whether somebody of the staff is named with a request.
type Naming int

// Namings.
const (
	NotNamed   Naming = iota // nobody is: the header is refused
	MayBeNamed               // whoever is named needs a role that allows it
	IsNamed                  // over TCP somebody must be; on the socket it is the tools otherwise
)

// Badges find who of the staff a badge belongs to; nobody whose account was removed.
type Badges interface {
	WhoHas(ctx context.Context, badge string) (Person, bool, error)
}

// A Person is somebody of the staff.
type Person struct {
	ID  string
	May func(action string) error // refuses what their role does not allow
}

var (
	unknownBadge = problem.New(http.StatusUnauthorized, "unknown-badge",
		"this badge is not known here, or its account was removed; send what the badge's QR code says as "+
			StaffHeader+" (cubbyctl: --badge), or have a manager make an account")
	nameSomebody = problem.New(http.StatusForbidden, "name-a-person",
		"somebody of the staff has to be named for this: send what the badge's QR code says as "+StaffHeader)
)

// Person is who of the staff sent the request, by the id of the account: Tools on the
// socket when nobody is named; empty for a client with a key that names nobody.
func (x *Exchange) Person() string { return x.who.person }

// named finds out who of the staff is named, and whether their role allows the route.
// What is wrong with a badge counts against no address: nobody guesses 128 bits.
func (s *Server) named(e *bound, x *Exchange) error {
	sent := x.r.Header[StaffHeader]
	switch {
	case len(sent) == 0 && e.Naming == IsNamed && x.who.person == "":
		return nameSomebody
	case len(sent) == 0:
		return nil
	case e.Naming == NotNamed:
		return problem.BadParameter(StaffHeader, "nobody of the staff is named at this address; leave it out")
	case len(sent) > 1:
		return problem.BadParameter(StaffHeader, "name one person only")
	}
	var who Person
	known := false
	if s.Badges != nil {
		var err error
		if who, known, err = s.Badges.WhoHas(x.ctx, sent[0]); err != nil {
			return err
		}
	}
	if !known {
		x.Header().Set("WWW-Authenticate", `Bearer realm="cubby"`)
		return unknownBadge
	}
	x.who.person, x.who.actor = who.ID, "staff:"+who.ID
	if e.Does != "" {
		return who.May(e.Does)
	}
	return nil
}
