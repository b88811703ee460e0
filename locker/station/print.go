package station

import (
	"errors"
	"maps"
	"slices"
	"time"

	"cubby/locker/centre"
	"cubby/locker/customers"
	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/shop"
	"cubby/locker/visit"
)

// A Receipt is what a courier's receipt says. The code and the PIN are in clear:
// it must not be kept longer than it takes to print it.
type Receipt struct {
	Job      string // its id, for Printed
	Station  string // the station's name for people
	Language string
	Parcel   string // short reference
	Label    string
	Door     string
	Code     string
	PIN      string
	Deadline time.Time // until when the parcel can be collected; zero: not known
	Copy     bool
}

// Printer puts receipts on paper. Its methods must not block; how a receipt
// ended comes back through Printed.
type Printer interface {
	Print(Receipt) error
	// Forget takes back what has not been printed of these jobs: their courier has gone.
	Forget(jobs ...string)
}

// Printed takes the end of a receipt.
func (s *Station) Printed(job string, result parcel.PrintResult) {
	if id, ok := s.printing.LoadAndDelete(job); ok {
		s.tell(parcel.EndPrint{Job: job, Parcel: id.(string), Result: result}, "hardware", "print")
	}
}

// canPrint reports whether there is a receipt in memory for whoever is at a
// terminal, and a printer for it.
func (s *Station) canPrint(terminal string) bool {
	_, ok := s.receipts[s.mem.visit(terminal).Last]
	at := s.at(terminal)
	return ok && s.prints(at) && at.printerWell
}

// print hands a receipt to the printer, after its commit.
func (s *Station) print(o parcel.PrintOrder) {
	secret, ok := s.receipts[o.Parcel.ID]
	r := Receipt{Job: o.Job, Station: centre.NameOf(s.mem.state(), s.cfg.Name),
		Language: s.languageOf(o.Job), Parcel: o.Parcel.ShortRef(),
		Label: o.Parcel.Label, Door: o.Door,
		Code: secret.Code, PIN: secret.PIN, Copy: o.Copy}
	if r.Language == "" {
		r.Language = s.cfg.Policy.Languages[0]
	}
	if o.Parcel.Deadline != nil {
		r.Deadline = *o.Parcel.Deadline
	}
	s.printing.Store(o.Job, o.Parcel.ID)
	if ok {
		secret.jobs = append(secret.jobs, o.Job)
		s.receipts[o.Parcel.ID] = secret
	}
	err := errNoReceipt
	if ok && s.cfg.Printer != nil {
		err = s.cfg.Printer.Print(r)
	}
	if err != nil {
		s.cfg.Log.Warn("no receipt is printed", "error", err)
		s.Printed(o.Job, parcel.RefusedReceipt)
	}
}

// languageOf is the language of the visit that a print job belongs to.
func (s *Station) languageOf(job string) string {
	for _, v := range visit.Visits.All(s.mem.state()) {
		if v.PrintJob == job {
			return v.Language
		}
	}
	return ""
}

// errNoReceipt says that the visit ended in the commit that ordered the receipt.
var errNoReceipt = errors.New("its courier has gone")

// A receipt is a code that is kept in memory only, for the visit that made it.
type receipt struct {
	visit.Secret
	visit string
	jobs  []string // in which it was given to the printer
}

// keepReceipts remembers the codes a courier may still ask a receipt for, and
// forgets them with the visit.
func (s *Station) keepReceipts(d visit.Decision) {
	for _, f := range d.Facts {
		switch f := f.(type) {
		case *parcel.ParcelStored:
			s.receipts[f.ParcelID] = receipt{Secret: *f.Clear, visit: d.VisitID}
			s.next = nil
		case *parcel.ParcelShelved:
			if s.next != nil && f.Clear != nil && f.Clear.CodeHash == s.next.CodeHash {
				s.next = nil
			}
		case *parcel.CodeReissued:
			if s.next != nil && f.Clear != nil && f.Clear.CodeHash == s.next.CodeHash {
				s.next = nil
			}
			s.forgetReceipt(f.ParcelID)
			s.forgetDelegate(f.ParcelID)
			if prints(d, f.ParcelID) {
				s.receipts[f.ParcelID] = receipt{Secret: *f.Clear, visit: d.VisitID}
			}
		case *parcel.ParcelRenamed:
			if r, ok := s.receipts[f.Was]; ok {
				delete(s.receipts, f.Was)
				s.receipts[f.ParcelID] = r
			}
			if r, ok := s.delegates[f.Was]; ok {
				delete(s.delegates, f.Was)
				s.delegates[f.ParcelID] = r
			}
		case *customers.QRMade:
			if s.next != nil && f.Clear != nil && f.Clear.CodeHash == s.next.CodeHash {
				s.next = nil
				s.qrs[d.VisitID] = secret.MemberPrefix + f.Clear.Code
			}
		case *shop.Ordered:
			if s.next != nil && f.Clear != nil && f.Clear.CodeHash == s.next.CodeHash {
				s.next = nil
				s.sales[d.VisitID] = f.Clear.Code
			}
		case *parcel.CodeRevoked:
			s.forgetReceipt(f.ParcelID)
			s.forgetDelegate(f.ParcelID)
		case *parcel.Delegated:
			s.forgetDelegate(f.ParcelID)
			if s.next != nil && f.Clear.CodeHash == s.next.CodeHash {
				s.next = nil
				s.delegates[f.ParcelID] = receipt{Secret: *f.Clear, visit: d.VisitID}
			}
		case *parcel.DelegationEnded:
			s.forgetDelegate(f.ParcelID)
		case *visit.Ended:
			s.forgetReceipts(f.Visit)
			delete(s.qrs, f.Visit)
			delete(s.sales, f.Visit)
		}
	}
}

// forgetReceipts ends the life of clear codes with their visit.
func (s *Station) forgetReceipts(visit string) {
	maps.DeleteFunc(s.delegates, func(_ string, r receipt) bool { return r.visit == visit })
	var jobs []string
	maps.DeleteFunc(s.receipts, func(_ string, r receipt) bool {
		if r.visit == visit {
			jobs = append(jobs, r.jobs...)
		}
		return r.visit == visit
	})
	if s.cfg.Printer != nil && len(jobs) > 0 {
		s.cfg.Printer.Forget(jobs...)
	}
}

// forgetReceipt ends the life of a clear code that opens nothing any more.
func (s *Station) forgetReceipt(parcel string) {
	if r, ok := s.receipts[parcel]; ok && s.cfg.Printer != nil && len(r.jobs) > 0 {
		s.cfg.Printer.Forget(r.jobs...)
	}
	delete(s.receipts, parcel)
}

// forgetDelegate ends the life of the clear code of a parcel's delegate.
func (s *Station) forgetDelegate(parcel string) { delete(s.delegates, parcel) }

// prints reports whether a decision puts the code of a parcel on paper.
func prints(d visit.Decision, id string) bool {
	return slices.ContainsFunc(visit.EffectsOf[parcel.PrintOrder](d),
		func(o parcel.PrintOrder) bool { return o.Parcel.ID == id })
}

// noteDevice keeps in mind which devices people have to do without, and reports
// whether that has changed.
func (s *Station) noteDevice(c visit.Command) bool {
	d, ok := c.(visit.ChangeDevice)
	if !ok {
		return false
	}
	kind := health.KindOf(d.Device)
	well := health.Of(kind, d.Condition).Notice == ""
	moved := false
	for _, t := range s.terminals {
		before := [2]bool{t.scannerGone, t.printerWell}
		switch {
		case kind == health.Scanner && s.owns(t.Scanner, d.Device):
			t.scannerGone = !well
		case kind == health.Printer && s.owns(t.Printer, d.Device):
			t.printerWell = well
		}
		moved = moved || before != [2]bool{t.scannerGone, t.printerWell}
	}
	return moved
}

// prints reports whether a terminal has a printer: the one it names, or at a
// kiosk alone the one there is.
func (s *Station) prints(t *terminal) bool {
	return s.cfg.Printer != nil && (t.Printer != "" || len(s.cfg.Terminals) == 0)
}

// owns reports whether a device is that of a terminal: the one it names, or at
// a kiosk alone any there is.
func (s *Station) owns(named, device string) bool {
	return named == device || len(s.cfg.Terminals) == 0
}
