package printer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// slowVault seals nothing until it is let: what a disk does that hangs.
type slowVault struct {
	plainVault
	sealing chan string   // takes the job that is to be written
	let     chan struct{} // closed when the disk works
}

func (v slowVault) Seal(to, text string) []byte {
	select {
	case v.sealing <- to:
	default:
	}
	<-v.let
	return v.plainVault.Seal(to, text)
}

// The station's writer gives receipts to the printer and takes them back.
func TestAReceiptDoesNotWaitForTheDiskThatAnotherJobWaitsFor(t *testing.T) {
	t.Parallel()
	vault := slowVault{sealing: make(chan string, 1), let: make(chan struct{})}
	b := newBench(t)
	p := b.open(func(c *Config) { c.Folder, c.Vault = t.TempDir(), vault })
	b.state(Ready)
	page := make(chan error, 1)
	go func() { page <- p.Print(Job{ID: "page", Data: []byte("PAGE")}) }()
	<-vault.sealing
	receipts := make(chan error, 1)
	go func() {
		err := p.Print(Job{ID: "code", Data: []byte("CODE"), Secret: true})
		p.Forget("code")
		receipts <- errors.Join(err, p.Print(Job{ID: "other", Data: []byte("OTHER"), Secret: true}))
	}()
	select {
	case err := <-receipts:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("the receipt waits for the disk")
	}
	b.ends("other", Printed) // on paper as well
	p.State()
	p.Stats()
	close(vault.let)
	if err := <-page; err != nil {
		t.Error(err)
	}
	b.ends("page", Printed)
}

// A power cut takes a name with it that the folder's disk was not told of: the
// job would be lost, or printed again as if it had never begun.
func TestAJobIsKeptThroughAPowerCutOnceItWasTaken(t *testing.T) {
	data := t.TempDir()
	folder := filepath.Join(data, "print", "receipts")
	js, err := openJobs(folder, plainVault{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	durable := map[string][]string{} // what a folder holds after a power cut
	var fails error
	js.spool.settle = func(folder string) error {
		files, err := os.ReadDir(folder)
		durable[folder] = nil
		for _, f := range files {
			content, _ := os.ReadFile(filepath.Join(folder, f.Name()))
			durable[folder] = append(durable[folder], f.Name()+" "+string(content))
		}
		return errors.Join(err, fails)
	}
	now := func() (all []string) {
		content, err := os.ReadFile(filepath.Join(folder, "j1.job"))
		if err != nil {
			t.Fatal(err)
		}
		return []string{"j1.job " + string(content)}
	}
	steps := []func() error{
		func() error { return js.add(Job{ID: "j1", Data: []byte("x")}, time.Now()) },
		func() error { _, _, err := js.begin(); return err },
		func() error { _, _, err := js.end(js.all[0], Printed, false); return err },
		func() error { return js.again("j1", time.Now()) },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if got := durable[folder]; !slices.Equal(got, now()) {
			t.Errorf("step %d: after a power cut there is %q", i, got)
		}
	}
	if len(durable[data]) != 1 || len(durable[filepath.Join(data, "print")]) != 1 {
		t.Errorf("the folders themselves: %q", durable)
	}
	fails = errors.New("the disk is gone")
	if err := js.add(Job{ID: "j2", Data: []byte("x")}, time.Now()); !errors.Is(err, fails) {
		t.Errorf("a job that may be lost is taken: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "j2.job")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a job that was refused is printed after the next start")
	}
}

// Twenty wait, one of them for the disk; the ended one makes room for it only
// when it is kept.
func TestNoJobThatWaitsIsDroppedForAnother(t *testing.T) {
	vault := slowVault{sealing: make(chan string, 1), let: make(chan struct{})}
	js, err := openJobs(t.TempDir(), vault, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	secret := func(id string) error {
		return js.add(Job{ID: id, Data: []byte("x"), Secret: true}, time.Now())
	}
	for i := range jobsMost - 1 {
		if err := secret(fmt.Sprint("s", i)); err != nil {
			t.Fatal(err)
		}
	}
	kept := make(chan error, 1)
	go func() { kept <- js.add(Job{ID: "kept", Data: []byte("x")}, time.Now()) }()
	<-vault.sealing
	if err := secret("one-more"); err == nil {
		t.Error("one more is taken")
	}
	one, _, _ := js.begin()
	if one == nil || one.Entry.ID != "s0" {
		t.Errorf("begun is %+v", one)
	}
	close(vault.let)
	if err := <-kept; err != nil {
		t.Error(err)
	}
	if got := js.list(time.Now()); len(got) != jobsMost || got[jobsMost-1].ID != "kept" {
		t.Errorf("there are %+v", got)
	}
}

func TestJobsOlderThanADayAreGivenUp(t *testing.T) {
	js, err := openJobs("", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := js.add(Job{ID: "old", Data: []byte("x")}, old); err != nil {
		t.Fatal(err)
	}
	if late := js.late(time.Now()); len(js.all) != 0 || len(late) != 1 || late[0].ID != "old" {
		t.Errorf("left %d, given up %+v", len(js.all), late)
	}
}

// Whoever is told that a job was refused gives it once more.
func TestAJobThatIsRefusedBecauseItCannotBeKeptIsNotPrinted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "print")
	js, err := openJobs(folder, plainVault{}, time.Now())
	if err == nil {
		err = js.add(Job{ID: "kept", Data: []byte("x")}, time.Now())
	}
	if err == nil {
		one, _, begun := js.begin()
		_, _, ended := js.end(one, Printed, false)
		err = errors.Join(begun, ended)
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(folder), os.WriteFile(folder, nil, 0o600)) // no folder can be made there now
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := js.add(Job{ID: "fresh", Data: []byte("x")}, time.Now()); err == nil {
		t.Error("it is taken")
	}
	if err := js.again("kept", time.Now()); err == nil {
		t.Error("it is taken again")
	}
	if one, _, _ := js.begin(); one != nil || len(js.list(time.Now())) != 1 || js.list(time.Now())[0].Tries != 1 {
		t.Errorf("%+v is printed; kept are %+v", one, js.list(time.Now()))
	}
}

func TestOfTooManyJobsTheOldestGo(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	s := spool{folder, plainVault{}, settleFolder}
	for i := range jobsMost + 2 {
		one := &job{
			Job: Job{Data: []byte("x")}, Entry: Entry{
				ID: fmt.Sprintf("j%02d", i), Since: now.Add(time.Duration(i) * time.Second), Waits: true,
			},
		}
		if err := s.write(one); err != nil {
			t.Fatal(err)
		}
	}
	js, err := openJobs(folder, plainVault{}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := js.list(time.Now()); len(got) != jobsMost || got[0].ID != "j02" {
		t.Errorf("%d are kept, from %+v on", len(got), got[0])
	}
}

// plainVault keeps what it is given readable, with its owner before it.
type plainVault struct{}

func (plainVault) Seal(to, text string) []byte { return []byte(to + "\x00" + text) }

func (plainVault) Unseal(to string, sealed []byte) (string, error) {
	text, ok := strings.CutPrefix(string(sealed), to+"\x00")
	if !ok {
		return "", io.ErrUnexpectedEOF
	}
	return text, nil
}
