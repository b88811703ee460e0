package printer

import (
	"errors"
	"fmt"
	"slices"
	"sync"
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

// jobs are the jobs of one printer, oldest first. Its methods may be called from
// any goroutine. Nobody waits for the disk but who has something written: a
// receipt is taken, and forgotten, while the disk works for another job.
type jobs struct {
	spool *spool     // nil: in memory only
	disk  sync.Mutex // held by whoever writes to the spool; taken before mu

	mu      sync.Mutex // guards what follows; never held while the disk works
	all     []*job
	expired []Entry  // waited in vain, not told yet
	dropped []string // their files are still to be removed
}

type job struct {
	Job
	Entry
	held     bool // on its way to the paper or the disk: it must stay, and only who holds it changes it
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
	js.spool = &spool{folder: folder, vault: vault, settle: settleFolder}
	var err error
	if js.all, err = js.spool.read(); err != nil {
		return nil, err
	}
	js.expire(now)
	for len(js.all) > jobsMost {
		js.giveUp(0)
	}
	js.tidy()
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
	}
	if len(j.Copy) == 0 {
		j.Copy = j.Data
	}
	one := &job{Job: j, Entry: Entry{ID: j.ID, Title: j.Title, Since: now.UTC(), Waits: true, Secret: j.Secret}}
	if err := js.join(one, now); err != nil || !js.keeps(one) {
		return err
	}
	err := js.keep(one)
	js.mu.Lock()
	one.held = false
	if err != nil {
		js.drop(slices.Index(js.all, one))
	}
	js.trim()
	js.mu.Unlock()
	if err != nil {
		js.tidy() // it may be there all the same
	}
	return err
}

// join gives a job its place. One that is to be kept is held until it is.
func (js *jobs) join(one *job, now time.Time) error {
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.find(one.Entry.ID) != nil {
		return fmt.Errorf("job %s was given before", one.Entry.ID)
	}
	js.expire(now)
	waiting := 0
	for _, other := range js.all {
		if other.Waits {
			waiting++
		}
	}
	if waiting >= jobsMost {
		return fmt.Errorf("%d jobs wait already: see to the printer first", jobsMost)
	}
	js.all = append(js.all, one)
	if one.held = js.keeps(one); !one.held {
		js.trim()
	}
	return nil
}

// again lets an ended job wait once more.
func (js *jobs) again(id string, now time.Time) error {
	js.mu.Lock()
	js.expire(now)
	one := js.find(id)
	var err error
	switch {
	case one == nil:
		err = fmt.Errorf("there is no job %s: jobs are kept for %v, those with a code not at all", id, jobsFor)
	case one.Waits:
		err = fmt.Errorf("job %s waits to be printed already", id)
	case one.held:
		err = fmt.Errorf("job %s has only just been printed: try again in a moment", id)
	}
	if err != nil {
		js.mu.Unlock()
		return err
	}
	before := *one
	one.Waits, one.Tries, one.Data, one.held = true, 0, one.Copy, true
	js.mu.Unlock()
	err = js.keep(one)
	js.mu.Lock()
	defer js.mu.Unlock()
	if err != nil {
		*one = before
	}
	one.held = false
	return err
}

// begin gives the oldest job that waits, nil when there is none, and what to
// send of it. That it has begun is noted before its first byte is sent: after a
// crash it counts as half printed. An error says that this could not be kept.
func (js *jobs) begin() (one *job, data []byte, err error) {
	js.mu.Lock()
	i := slices.IndexFunc(js.all, func(one *job) bool { return one.Waits && !one.held })
	if i < 0 {
		js.mu.Unlock()
		return nil, nil, nil
	}
	one = js.all[i]
	data = one.Data
	if one.Tries > 0 {
		data = one.Copy
	}
	one.Tries++
	one.held = true
	js.mu.Unlock()
	return one, data, js.keep(one)
}

// end notes how the try ended that began: with a result, or without one. Then the
// job waits to be begun again, unless nobody wants it any more, or it has failed
// too often; last says that no try follows now. The result is empty when it waits.
func (js *jobs) end(one *job, r Result, last bool) (Entry, Result, error) {
	js.mu.Lock()
	switch {
	case r != "":
	case one.unwanted:
		r = Forgotten
	case one.Tries >= triesMost && !last:
		r = GivenUp
	}
	e := one.Entry
	one.Waits = r == ""
	js.mu.Unlock()
	var err error
	if r != "" {
		err = js.keep(one)
	}
	js.mu.Lock()
	defer js.mu.Unlock()
	one.held = false
	if one.Job.Secret && r != "" {
		js.drop(slices.Index(js.all, one))
	}
	return e, r, err
}

// forget drops those of the jobs named that hold a secret; one that is being sent is
// marked.
func (js *jobs) forget(named []string) (gone []Entry) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for i := len(js.all) - 1; i >= 0; i-- {
		switch one := js.all[i]; {
		case !one.Job.Secret || !slices.Contains(named, one.Job.ID):
		case one.held:
			one.unwanted = true
		default:
			gone = append(gone, one.Entry)
			js.drop(i)
		}
	}
	return gone
}

// late gives the jobs that have waited in vain, each once.
func (js *jobs) late(now time.Time) []Entry {
	js.mu.Lock()
	js.expire(now)
	late := js.expired
	js.expired = nil
	js.mu.Unlock()
	js.tidy()
	return late
}

// list tells what is known of the jobs.
func (js *jobs) list(now time.Time) []Entry {
	js.mu.Lock()
	js.expire(now)
	out := make([]Entry, 0, len(js.all))
	for _, one := range js.all {
		out = append(out, one.Entry)
	}
	js.mu.Unlock()
	js.tidy()
	return out
}

// find, trim, expire, giveUp and drop are called with mu held.

func (js *jobs) find(id string) *job {
	for _, one := range js.all {
		if one.Entry.ID == id {
			return one
		}
	}
	return nil
}

// trim drops the oldest that have ended, of too many.
func (js *jobs) trim() {
	for len(js.all) > jobsMost {
		ended := slices.IndexFunc(js.all, func(one *job) bool { return !one.Waits && !one.held })
		if ended < 0 {
			return
		}
		js.drop(ended)
	}
}

// expire drops what is older than it may become.
func (js *jobs) expire(now time.Time) {
	for i := len(js.all) - 1; i >= 0; i-- {
		if one := js.all[i]; !one.held && now.Sub(one.Since) > jobsFor {
			js.giveUp(i)
		}
	}
}

// giveUp drops a job that may have waited in vain.
func (js *jobs) giveUp(i int) {
	if one := js.all[i]; one.Waits {
		js.expired = append(js.expired, one.Entry)
	}
	js.drop(i)
}

// drop lets a job go and wipes its bytes.
func (js *jobs) drop(i int) {
	one := js.all[i]
	js.all = slices.Delete(js.all, i, i+1)
	if js.keeps(one) {
		js.dropped = append(js.dropped, one.Entry.ID)
	}
	clear(one.Data)
	clear(one.Copy)
}

// keeps reports whether a job is written to the disk.
func (js *jobs) keeps(one *job) bool { return js.spool != nil && !one.Job.Secret }

// keep writes a job that is held to the disk, if it is one to be kept.
func (js *jobs) keep(one *job) error {
	if !js.keeps(one) {
		return nil
	}
	js.disk.Lock()
	defer js.disk.Unlock()
	js.sweep() // a file of the same name goes first
	return js.spool.write(one)
}

// tidy removes the files of what was dropped.
func (js *jobs) tidy() {
	js.mu.Lock()
	none := len(js.dropped) == 0
	js.mu.Unlock()
	if none {
		return
	}
	js.disk.Lock()
	defer js.disk.Unlock()
	js.sweep()
}

// sweep is tidy with disk held. A file that is there again after a power cut is
// none to be printed: it ended, or is as old as before.
func (js *jobs) sweep() {
	js.mu.Lock()
	gone := js.dropped
	js.dropped = nil
	js.mu.Unlock()
	for _, id := range gone {
		js.spool.remove(id)
	}
}
