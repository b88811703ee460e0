// Package print is the resource family of print jobs, for staff.
package print

import (
	_ "embed"
	"net/http"

	"cubby/locker/parcel"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station has printers. None of its methods waits for the paper.
type Station interface {
	// TestPage prints a page on the printer named, PrintAgain a job that is kept.
	TestPage(printer string) (job string, err error)
	PrintAgain(job string) error
	// PrintJobs are the jobs that are kept.
	PrintJobs() []parcel.PrintJob
}

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	return rest.Family{Name: "print", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/print-jobs", Entry: rest.Staff, Run: rest.Plain(f.list)},
		{Method: "POST", Path: "/v1/print-jobs", Repeat: rest.Once, Entry: rest.Staff,
			Run: rest.Reads(f.testPage)},
		{Method: "POST", Path: "/v1/print-jobs/{id}/again", Repeat: rest.Once, Entry: rest.Staff,
			Run: rest.Plain(f.again)},
	}}
}

// list answers with what the printers have printed or are to print.
func (f family) list(x *rest.Exchange) error {
	list := []parcel.PrintJob{}
	for _, j := range f.station.PrintJobs() {
		j.Since = j.Since.UTC()
		list = append(list, j)
	}
	return x.Encode(http.StatusOK, map[string]any{"jobs": list})
}

// testPage is what a page is ordered with.
type testPage struct {
	Printer string `json:"printer"`
}

// testPage prints a page that shows what a printer can.
func (f family) testPage(x *rest.Exchange, page testPage) error {
	job, err := f.station.TestPage(page.Printer)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		Printer string `json:"printer"`
		ID      string `json:"id"`
	}{page.Printer, job})
}

func (f family) again(x *rest.Exchange) error {
	if err := f.station.PrintAgain(x.Var("id")); err != nil {
		return err
	}
	return x.Nothing()
}
