package printer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/hardware/device"
)

const patience = 2 * time.Minute

// bench is a printer at work against a device played by the test.
type bench struct {
	t      *testing.T
	master *os.File
	slave  *os.File

	mu      sync.Mutex // guards what follows
	printed []byte     // what came, without the questions
	answer  func(n int, printed int) []byte
	labels  func() string // answers ~HS; empty: silence
	reports []Report
	ended   []Ended
	changed chan struct{}
}

// watching is a bench without a device: the test plays it, or another port has it.
func watching(t *testing.T) *bench { return &bench{t: t, changed: make(chan struct{})} }

func newBench(t *testing.T) *bench {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	b := watching(t)
	b.master, b.slave = master, slave
	b.answer = func(int, int) []byte { return []byte{0x12} }
	t.Cleanup(func() { master.Close(); slave.Close() })
	go b.play()
	return b
}

// play takes bytes in and answers questions. A question ends what came before.
func (b *bench) play() {
	buffer, held := make([]byte, 4096), []byte(nil)
	for {
		n, err := b.master.Read(buffer)
		if err != nil {
			return
		}
		held = append(held, buffer[:n]...)
		b.mu.Lock()
		for {
			at, size, reply := b.question(held)
			if at < 0 {
				break
			}
			b.printed = append(b.printed, held[:at]...)
			held = held[at+size:]
			if reply != nil {
				out := reply()
				b.mu.Unlock()
				b.master.Write(out)
				b.mu.Lock()
			}
		}
		keep := min(len(held), 4) // perhaps the beginning of a question
		b.printed = append(b.printed, held[:len(held)-keep]...)
		held = held[len(held)-keep:]
		b.tell()
		b.mu.Unlock()
	}
}

func (b *bench) question(held []byte) (at, size int, reply func() []byte) {
	if i := bytes.Index(held, []byte("~HS\r\n")); i >= 0 {
		return i, 5, func() []byte {
			if b.labels == nil {
				return nil
			}
			return []byte(b.labels())
		}
	}
	for i := 0; i+2 < len(held); i++ {
		if n := held[i+2]; held[i] == 0x10 && held[i+1] == 0x04 && n >= 1 && n <= 4 {
			return i, 3, func() []byte { return b.answer(int(n), len(b.printed)) }
		}
	}
	return -1, 0, nil
}

func (b *bench) tell() { close(b.changed); b.changed = make(chan struct{}) }

func (b *bench) PrinterChanged(r Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reports = append(b.reports, r)
	b.tell()
}

func (b *bench) JobEnded(e Ended) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = append(b.ended, e)
	b.tell()
}

// set changes what the device answers: one byte for each question.
func (b *bench) set(one, two, three, four byte) {
	b.answers(func(n, _ int) []byte { return []byte{[]byte{one, two, three, four}[n-1]} })
}

func (b *bench) answers(f func(n, printed int) []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

// until waits for a state of affairs.
func (b *bench) until(what string, is func() bool) {
	b.t.Helper()
	limit := time.After(patience)
	for {
		b.mu.Lock()
		ok, changed := is(), b.changed
		b.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-limit:
			b.mu.Lock()
			defer b.mu.Unlock()
			b.t.Fatalf("never came: %s; reports %+v, ended %+v, printed %q", what, b.reports, b.ended, b.printed)
		}
	}
}

func (b *bench) state(s State) {
	b.t.Helper()
	b.until("state "+string(s), func() bool { return len(b.reports) > 0 && b.reports[len(b.reports)-1].State == s })
}

func (b *bench) ends(job string, r Result) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s %s", job, r), func() bool {
		return slices.ContainsFunc(b.ended, func(e Ended) bool { return e.Job == job && e.Result == r })
	})
}

func (b *bench) paper() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.printed)
}

// open opens a printer that is quick about everything, until the test is over.
func (b *bench) open(change func(*Config)) *Printer {
	b.t.Helper()
	return b.openWith(device.UsualPauses, change)
}

func (b *bench) openWith(pauses device.Pauses, change func(*Config)) *Printer {
	b.t.Helper()
	cfg := Config{Device: "printer", Kind: Receipts, Baud: 115200,
		Poll: 30 * time.Millisecond, Reply: 400 * time.Millisecond, Settle: 300 * time.Millisecond}
	if b.slave != nil {
		cfg.Port = b.slave.Name()
	}
	if change != nil {
		change(&cfg)
	}
	p, err := open(cfg, b, pauses)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return p
}

func (b *bench) print(p *Printer, j Job) {
	b.t.Helper()
	if err := p.Print(j); err != nil {
		b.t.Fatal(err)
	}
}

func TestAJobIsPrintedAndConfirmed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.open(nil)
	b.print(p, Job{ID: "j1", Title: "test page", Data: []byte("FIRST"), Copy: []byte("COPY")})
	b.ends("j1", Printed)
	if got := b.paper(); got != "FIRST" {
		t.Errorf("the paper says %q", got)
	}
	if err := p.Again("j1"); err != nil {
		t.Fatal(err)
	}
	b.until("a copy", func() bool { return strings.HasPrefix(string(b.printed), "FIRSTCOPY") })
	if jobs := p.Jobs(); len(jobs) != 1 || jobs[0].Title != "test page" {
		t.Errorf("kept are %+v", jobs)
	}
	if err := p.Print(Job{ID: "j1", Data: []byte("x")}); err == nil {
		t.Error("a job's id is taken twice")
	}
}

func TestAPrinterThatNeverAnswersPrintsAndProvesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.answers(func(int, int) []byte { return nil })
	p := b.open(nil)
	b.state(Mute)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST")})
	b.ends("j1", Sent)
}

func TestAPrinterThatMustAnswerAndDoesNotIsSilent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.answers(func(int, int) []byte { return nil })
	p := b.open(func(c *Config) { c.MustAnswer = true })
	b.state(Silent)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST")})
	b.set(0x12, 0x12, 0x12, 0x12)
	b.ends("j1", Printed)
}

func TestAPrinterThatUsedToAnswerIsSilentAndComesBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.open(nil)
	b.state(Ready)
	b.answers(func(int, int) []byte { return nil })
	b.state(Silent)
	b.set(0x12, 0x12, 0x12, 0x12)
	b.state(Ready)
}

func TestPaperThatEndsInAJobGivesAWholeCopyLater(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.answers(func(n, printed int) []byte {
		if printed > 0 && n == 4 {
			return []byte{0x72}
		}
		return []byte{0x12}
	})
	p := b.open(nil)
	b.state(Ready)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST"), Copy: []byte("COPY OF IT")})
	b.state(Empty)
	if got := b.paper(); got != "FIRST" {
		t.Errorf("without paper it was sent %q", got)
	}
	b.set(0x12, 0x12, 0x12, 0x12)
	b.ends("j1", Printed)
	if got := b.paper(); got != "FIRSTCOPY OF IT" {
		t.Errorf("the paper says %q", got)
	}
}

func TestAJobWaitsWhileNothingCanBePrinted(t *testing.T) {
	for _, c := range []struct {
		name                  string
		one, two, three, four byte
		state                 State
	}{
		{"cover open", 0x1A, 0x16, 0x12, 0x12, Cover},
		{"paper out", 0x1A, 0x32, 0x12, 0x72, Empty},
		{"offline at boot", 0x1A, 0x12, 0x12, 0x12, Offline},
		{"cutter jammed", 0x1A, 0x52, 0x1A, 0x12, Faulty},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.set(c.one, c.two, c.three, c.four)
			p := b.open(nil)
			b.state(c.state)
			b.print(p, Job{ID: "j1", Data: []byte("FIRST"), Copy: []byte("COPY")})
			looks := 0
			b.answers(func(n, _ int) []byte {
				if n == 1 {
					looks++
				}
				return []byte{[]byte{c.one, c.two, c.three, c.four}[n-1]}
			})
			b.until("three more looks", func() bool { return looks > 3 })
			if got := b.paper(); got != "" {
				t.Errorf("it was sent %q", got)
			}
			b.set(0x12, 0x12, 0x12, 0x1E)
			b.state(Low)
			b.ends("j1", Printed)
			if got := b.paper(); got != "FIRST" {
				t.Errorf("the paper says %q: nothing had been printed before, so this is no copy", got)
			}
		})
	}
}

// Three tries spoil enough paper; after that somebody has to look.
func TestAJobThatFailsThreeTimesIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	bad := false
	b.answers(func(n, printed int) []byte {
		if n == 1 { // out after every job, well again after one look
			bad = !bad && printed > 0 && strings.HasSuffix(string(b.printed), "Y")
			if bad {
				b.printed = append(b.printed, '.')
			}
		}
		if bad && n == 4 {
			return []byte{0x72}
		}
		return []byte{0x12}
	})
	p := b.open(nil)
	b.print(p, Job{ID: "j1", Data: []byte("Y"), Copy: []byte("Y")})
	b.ends("j1", GivenUp)
	if got := b.paper(); got != "Y.Y.Y." {
		t.Errorf("the paper says %q", got)
	}
}

func TestASecretIsForgottenWhenItsVisitIsOverAndNeverKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b := newBench(t)
	b.set(0x1A, 0x32, 0x12, 0x72)
	p := b.open(func(c *Config) { c.Folder, c.Vault = folder, plainVault{} })
	b.state(Empty)
	b.print(p, Job{ID: "code", Data: []byte("SECRET"), Secret: true})
	b.print(p, Job{ID: "theirs", Data: []byte("OTHER"), Secret: true}) // of somebody at another terminal
	b.print(p, Job{ID: "page", Data: []byte("PAGE")})
	p.Forget("code", "page", "nothing")
	b.ends("code", Forgotten)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "page.job" {
		t.Errorf("on disk are %v, %v", files, err)
	}
	b.set(0x12, 0x12, 0x12, 0x12)
	b.ends("theirs", Printed)
	b.ends("page", Printed)
	if got := b.paper(); got != "OTHERPAGE" {
		t.Errorf("the paper says %q", got)
	}
	b.print(p, Job{ID: "code2", Data: []byte("SECRET"), Secret: true})
	b.ends("code2", Printed)
	if err := p.Again("code2"); err == nil {
		t.Error("a secret is printed again")
	}
}

func TestAJobHalfPrintedBeforeACrashIsACopyAfterIt(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b := newBench(t)
	b.answers(func(n, printed int) []byte {
		if printed > 0 && n == 4 {
			return []byte{0x72}
		}
		return []byte{0x12}
	})
	keep := func(c *Config) { c.Folder, c.Vault = folder, plainVault{} }
	p := b.open(keep)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST"), Copy: []byte("COPY")})
	b.state(Empty)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "foreign.job"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.set(0x12, 0x12, 0x12, 0x12)
	b.open(keep)
	b.ends("j1", Printed)
	if got := b.paper(); got != "FIRSTCOPY" {
		t.Errorf("the paper says %q", got)
	}
	if _, err := os.Stat(filepath.Join(folder, "foreign.job")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file that cannot be unsealed is kept")
	}
}

func TestAnswersThatComeLateAreNotTakenForTheNextOnes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.open(nil)
	b.state(Ready)
	b.mu.Lock()
	already := len(b.reports) // on a machine that stood still at first it seemed mute
	b.mu.Unlock()
	// The answer to question 1 (1A: offline) comes when it has been given up; taken
	// for question 4 or 2 it would be paper low or nothing.
	before := p.Stats().Unanswers
	once := sync.OnceFunc(func() {
		go func() {
			for p.Stats().Unanswers == before && t.Context().Err() == nil {
				<-time.After(time.Millisecond)
			}
			b.master.Write([]byte{0x7E})
		}()
	})
	late := false
	b.answers(func(n, _ int) []byte {
		if n == 1 && !late {
			late = true
			once()
			return nil
		}
		return []byte{0x12}
	})
	looks := 0
	b.until("the late answer", func() bool { return late })
	b.answers(func(n, _ int) []byte {
		if n == 4 {
			looks++
		}
		return []byte{0x12}
	})
	b.until("three more looks", func() bool { return looks > 3 })
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.reports[already:] {
		if r.State != Ready {
			t.Errorf("it was reported %s: %s", r.State, r.Detail)
		}
	}
}

func TestAnAutomaticStatusBetweenTheAnswersIsPassedOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.answers(func(n, _ int) []byte { return []byte{0x14, 0x00, 0x0F, 0x0F, 0x12} })
	b.open(nil)
	b.state(Ready)
}

func TestAPortThatIsMissingIsReportedAndTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	link := filepath.Join(t.TempDir(), "printer")
	p := b.open(func(c *Config) { c.Port = link })
	b.state(Gone)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST")})
	if err := os.Symlink(b.slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	b.ends("j1", Printed)
}

func TestTwentyJobsMayWaitAndNoMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.open(func(c *Config) { c.Port = filepath.Join(t.TempDir(), "none") })
	for i := range jobsMost {
		b.print(p, Job{ID: fmt.Sprint("j", i), Data: []byte("x")})
	}
	if err := p.Print(Job{ID: "one-more", Data: []byte("x")}); err == nil {
		t.Error("one more is taken")
	}
	for _, bad := range []Job{{ID: "../x", Data: []byte("x")}, {ID: "", Data: []byte("x")}, {ID: "empty"}} {
		if err := p.Print(bad); err == nil {
			t.Errorf("job %+v is taken", bad)
		}
	}
}

func TestALabelPrinterThatIsSilentNeedsSomebody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.open(func(c *Config) { c.Kind = Labels })
	b.state(Silent)
	b.print(p, Job{ID: "j1", Data: []byte("^XA^XZ")})
	status := func(first, second string) func() string {
		return func() string {
			return "\x02" + first + "\x03\r\n\x02" + second + "\x03\r\n\x021234,0\x03\r\n"
		}
	}
	for _, c := range []struct {
		first, second string
		want          State
	}{
		{"030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,1,0,0,2,4,0,00000000,1,000", Cover},
		{"030,1,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,4,0,00000000,1,000", Empty},
		{"030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,4,0,00000000,1,000", Ready},
	} {
		b.mu.Lock()
		b.labels = status(c.first, c.second)
		b.mu.Unlock()
		b.state(c.want)
	}
	b.ends("j1", Printed)
	b.mu.Lock()
	b.labels = func() string { return "\x02what\x03\x02is\x03\x02this\x03" }
	b.mu.Unlock()
	b.state(Silent)
}

// A bit fell over on the wire while the label came out.
func TestALabelIsPrintedOnceThoughOneAnswerWasDamaged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const rest = "\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
	damaged := false
	b.labels = func() string {
		if len(b.printed) > 0 && !damaged {
			damaged = true
			return "\x02030,0,8,1245,000,0,0,0,000,0,0,0\x03\r\n" + rest
		}
		return "\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n" + rest
	}
	p := b.open(func(c *Config) { c.Kind = Labels })
	b.print(p, Job{ID: "j1", Data: []byte("LABEL"), Copy: []byte("COPY")})
	b.ends("j1", Printed)
	if got := b.paper(); got != "LABEL" || !damaged {
		t.Errorf("the paper says %q", got)
	}
	if got := p.Stats(); got.Again != 0 || got.Unanswers != 1 {
		t.Errorf("counted are %+v", got)
	}
}
