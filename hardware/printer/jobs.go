package printer

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of what is kept.
const (
	jobsMost = 20
	jobsFor  = 24 * time.Hour
	jobBytes = 256 << 10
)

// A Job is something to print, ready for the wire.
type Job struct {
	ID     string // of the caller's choice, unique: letters, digits and hyphens, 1 to 64
	Title  string // for staff; without anything personal or secret
	Data   []byte // as it is printed first
	Copy   []byte // as it is printed after a first try: marked as a copy
	Secret bool   // it says a code: kept in memory only, until printed or forgotten
}

// An Entry is what is known of a job.
type Entry struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Since  time.Time `json:"since"`
	Tries  int       `json:"tries"`  // how often it was begun
	Waits  bool      `json:"waits"`  // to be printed, or printed again
	Secret bool      `json:"secret"` // not kept on disk, cannot be printed again
}

// jobs are the jobs of one printer, oldest first. It is used under the
// printer's mutex.
type jobs struct {
	spool   *spool // nil: in memory only
	all     []*job
	expired []Entry // waited in vain, not told yet
}

type job struct {
	Job
	Entry
	sending  bool // its bytes are on their way: they must stay
	unwanted bool // forgotten while it was being sent
}

func openJobs(folder string, vault Vault, now time.Time) (*jobs, error) {
	js := &jobs{}
	if folder == "" {
		return js, nil
	}
	if vault == nil {
		return nil, errors.New("jobs that are kept must be sealed: a vault is missing")
	}
	js.spool = &spool{folder, vault}
	var err error
	if js.all, err = js.spool.read(); err != nil {
		return nil, err
	}
	js.expire(now)
	return js, nil
}

func validJob(id string) bool {
	if len(id) < 1 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// add takes a job in, and lets the oldest one go that has ended.
func (js *jobs) add(j Job, now time.Time) error {
	switch {
	case !validJob(j.ID):
		return fmt.Errorf("a job's id has 1 to 64 letters, digits and hyphens, not %q", j.ID)
	case len(j.Data) == 0 || len(j.Data) > jobBytes || len(j.Copy) > jobBytes:
		return fmt.Errorf("a job has 1 to %d bytes", jobBytes)
	case js.find(j.ID) != nil:
		return fmt.Errorf("job %s was given before", j.ID)
	}
	if len(j.Copy) == 0 {
		j.Copy = j.Data
	}
	js.expire(now)
	oldest := -1
	if len(js.all) >= jobsMost {
		if oldest = slices.IndexFunc(js.all, func(one *job) bool { return !one.Waits }); oldest < 0 {
			return fmt.Errorf("%d jobs wait already: see to the printer first", jobsMost)
		}
	}
	one := &job{Job: j, Entry: Entry{ID: j.ID, Title: j.Title, Since: now.UTC(), Waits: true, Secret: j.Secret}}
	if err := js.keep(one); err != nil {
		return err
	}
	if oldest >= 0 {
		js.drop(oldest)
	}
	js.all = append(js.all, one)
	return nil
}

// again lets an ended job wait once more.
func (js *jobs) again(id string, now time.Time) error {
	js.expire(now)
	one := js.find(id)
	switch {
	case one == nil:
		return fmt.Errorf("there is no job %s: jobs are kept for %v, those with a code not at all", id, jobsFor)
	case one.Waits:
		return fmt.Errorf("job %s waits to be printed already", id)
	}
	waits := *one
	waits.Waits, waits.Tries, waits.Data = true, 0, one.Copy
	if err := js.keep(&waits); err != nil {
		return err
	}
	*one = waits
	return nil
}

func (js *jobs) find(id string) *job {
	for _, one := range js.all {
		if one.Entry.ID == id {
			return one
		}
	}
	return nil
}

// next is the oldest job that waits.
func (js *jobs) next() *job {
	for _, one := range js.all {
		if one.Waits {
			return one
		}
	}
	return nil
}

// begin notes that a job is about to be sent, before its first byte is: after a
// crash it counts as half printed.
func (js *jobs) begin(one *job) ([]byte, error) {
	data := one.Data
	if one.Tries > 0 {
		data = one.Copy
	}
	one.Tries++
	one.sending = true
	return data, js.keep(one)
}

// stop notes that a job could not be finished; it waits to be begun again.
func (js *jobs) stop(one *job) { one.sending = false }

// end notes that a job needs nothing more. One with a secret is wiped.
func (js *jobs) end(one *job) error {
	one.Waits, one.sending = false, false
	if i := slices.Index(js.all, one); one.Job.Secret && i >= 0 {
		js.drop(i)
		return nil
	}
	return js.keep(one)
}

// forget drops the jobs with a secret; one that is being sent is marked.
func (js *jobs) forget() (gone []Entry) {
	for i := len(js.all) - 1; i >= 0; i-- {
		switch one := js.all[i]; {
		case !one.Job.Secret:
		case one.sending:
			one.unwanted = true
		default:
			gone = append(gone, one.Entry)
			js.drop(i)
		}
	}
	return gone
}

// expire drops what is older than it may become, and the oldest of too many.
func (js *jobs) expire(now time.Time) {
	for i := 0; i < len(js.all); {
		one := js.all[i]
		if one.sending || now.Sub(one.Since) <= jobsFor && len(js.all) <= jobsMost {
			i++
			continue
		}
		if one.Waits {
			js.expired = append(js.expired, one.Entry)
		}
		js.drop(i)
	}
}

// drop lets a job go and wipes its bytes.
func (js *jobs) drop(i int) {
	one := js.all[i]
	js.all = slices.Delete(js.all, i, i+1)
	if js.spool != nil && !one.Job.Secret {
		js.spool.remove(one.Entry.ID)
	}
	clear(one.Data)
	clear(one.Copy)
}

func (js *jobs) keep(one *job) error {
	if js.spool == nil || one.Job.Secret {
		return nil
	}
	return js.spool.write(one)
}

func (js *jobs) list() []Entry {
	out := make([]Entry, 0, len(js.all))
	for _, one := range js.all {
		out = append(out, one.Entry)
	}
	return out
}
