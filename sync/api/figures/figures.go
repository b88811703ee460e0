// Package figures is the resource family of what returns come to: rates and times, and the
// refunds of a day for the books. Each is JSON, or CSV for whoever accepts that.
package figures

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"time"

	"cubby/locker/people"
	"cubby/locker/returns/figures"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Reader counts what is committed.
type Reader interface {
	// ReturnFigures are from a moment until before another.
	ReturnFigures(ctx context.Context, from, to time.Time) (figures.Figures, error)
	// Reconciliation is of the day of a zone that a moment is in.
	Reconciliation(ctx context.Context, day time.Time, zone *time.Location) (figures.Reconciliation, error)
}

// mostDays bounds the time of one question.
const mostDays = 400

// usualDays are looked at if nobody says which.
const usualDays = 90

type family struct {
	reader Reader
	zone   *time.Location
}

// Family is the family over a reader. Days are those of the zone; nil: UTC. It stands before
// the families that have an id in the same place.
func Family(r Reader, zone *time.Location) rest.Family {
	f := family{r, zone}
	if zone == nil {
		f.zone = time.UTC
	}
	return rest.Family{Name: "figures", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/returns/figures", Scope: "returns:read", Run: rest.Plain(f.figures),
			Query:  []string{"from", "to"},
			Naming: rest.MayBeNamed, Does: string(people.SeeFigures)},
		{Method: "GET", Path: "/v1/refunds/reconciliation", Scope: "returns:read", Run: rest.Plain(f.day),
			Query:  []string{"day"},
			Naming: rest.MayBeNamed, Does: string(people.SeeFigures)},
	}}
}

// today is the midnight that was last.
func (f family) today() time.Time {
	y, m, d := time.Now().In(f.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, f.zone)
}

// date reads a day of the query, as its midnight.
func (f family) date(q url.Values, name string, standard time.Time) (time.Time, error) {
	if !q.Has(name) {
		return standard, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, q.Get(name), f.zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		return day, problem.BadParameter(name, "must be a day such as 2026-11-30")
	}
	return day, nil
}

func (f family) figures(x *rest.Exchange) error {
	q := x.Query()
	last, err := f.date(q, "to", f.today())
	if err != nil {
		return err
	}
	first, err := f.date(q, "from", last.AddDate(0, 0, 1-usualDays))
	if err != nil {
		return err
	}
	if last.Before(first) || first.AddDate(0, 0, mostDays-1).Before(last) {
		return problem.BadParameter("from", "must be 0 to 399 days before to")
	}
	told, err := f.reader.ReturnFigures(x.Context(), first.UTC(), last.AddDate(0, 0, 1).UTC())
	if err != nil {
		return err
	}
	return answer(x, told, told.CSV)
}

func (f family) day(x *rest.Exchange) error {
	day, err := f.date(x.Query(), "day", f.today())
	if err != nil {
		return err
	}
	told, err := f.reader.Reconciliation(x.Context(), day.Add(12*time.Hour), f.zone)
	if err != nil {
		return err
	}
	return answer(x, told, told.CSV)
}

var csvType = []string{"text/csv; charset=utf-8; header=present"}

// answer sends JSON, or CSV to whoever asks for that by name.
func answer(x *rest.Exchange, told any, csv func() []byte) error {
	x.Header().Add("Vary", "Accept")
	if rest.Accepts(x.Request().Header, "text/csv") {
		return x.Send(http.StatusOK, csvType, csv())
	}
	return x.Encode(http.StatusOK, told)
}
