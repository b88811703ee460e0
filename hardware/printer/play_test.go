package printer

import (
	"bytes"
	"image"
	_ "image/png"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cubby/hardware/printer/zpl"
	"cubby/hardware/sim/paper"
)

// rig is the driver against the simulated printer, which was written from the
// manuals without it.
type rig struct {
	*bench
	line   *os.File
	sim    *paper.Printer
	label  *paper.Labeller
	onFeed func(sofar int) // called before bytes are printed, with how many have come in the job
	busy   sync.WaitGroup  // what serves the line; over when the test is
}

func newRig(t *testing.T, c paper.Config) *rig {
	r := &rig{bench: watching(t), sim: paper.NewPrinter(c), label: paper.NewLabeller(nil)}
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	r.line, r.slave = master, slave
	t.Cleanup(func() { master.Close(); slave.Close(); r.busy.Wait() })
	return r
}

func (r *rig) serve(feed func([]byte) []byte) {
	r.busy.Go(func() {
		buffer, sofar := make([]byte, 256), 0
		for {
			n, err := r.line.Read(buffer)
			if err != nil {
				return
			}
			sofar += n
			if r.onFeed != nil {
				r.onFeed(sofar)
			}
			if out := feed(buffer[:n]); len(out) > 0 {
				r.line.Write(out)
			}
		}
	})
}

const pickup = "MFRGGZDFMZTWQ2LKNNWG23TPOA"

func ticketOf(t *testing.T, p Paper, again bool) []byte {
	t.Helper()
	page := []Element{Text{Words: "Cubby Demo", Centre: true}, Text{Words: "取件凭证", Large: true}}
	if again {
		page = append(page, Text{Words: "COPY"})
	}
	b, err := Encode(p, append(page, Rule{}, Text{Words: "Tür 14, Größe L"}, QR{pickup}, Text{
		Words: "4821 3907", Bold: true,
	})...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (r *rig) printTicket(p *Printer, how Paper) {
	r.print(p, Job{ID: "j1", Data: ticketOf(r.t, how, false), Copy: ticketOf(r.t, how, true)})
}

// readable reads the QR code of what was printed, as a customer's scanner would.
func readable(t *testing.T, p *paper.Printer) string {
	t.Helper()
	png, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		t.Fatal(err)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatalf("the code on the paper cannot be read: %v", err)
	}
	return got.GetText()
}

func TestATicketComesOutOfEveryKindOfPrinter(t *testing.T) {
	for _, c := range []struct {
		name  string
		sim   paper.Config
		paper Paper
		want  []string
	}{
		{"an export printer, 80 mm, code by command", paper.Config{WidthDots: 576}, paper80(nil),
			[]string{"取件凭证", "Tür 14, Groesse L"}},
		{"a domestic printer that comes up in Chinese mode", paper.Config{WidthDots: 384, Chinese: true}, paper58(nil),
			[]string{"取件凭证"}},
		{"a printer without the code command", paper.Config{WidthDots: 384, NoQR: true},
			paper58(func(p *Paper) { p.QR = QRByRaster }), []string{"取件凭证"}},
		{"the largest modules are made smaller until they fit", paper.Config{WidthDots: 384, NoQR: true},
			paper58(func(p *Paper) { p.QR, p.QRDots = QRByRaster, 16 }), nil},
		{"the old cut", paper.Config{WidthDots: 384}, paper58(func(p *Paper) { p.Cut = CutFullOld }), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, c.sim)
			r.serve(r.sim.Feed)
			p := r.open(nil)
			r.printTicket(p, c.paper)
			r.ends("j1", Printed)
			text := r.sim.Text()
			for _, want := range append(c.want, "Cubby Demo", "4821 3907") {
				if want = strings.ReplaceAll(want, "Groesse", "Grosse"); !strings.Contains(text, want) {
					t.Errorf("%q is not on the paper:\n%s", want, text)
				}
			}
			if strings.Contains(text, "COPY") {
				t.Errorf("the first one is a copy:\n%s", text)
			}
			if got := readable(t, r.sim); got != pickup {
				t.Errorf("the code says %q", got)
			}
			if pieces := r.sim.Pieces(); len(pieces) != 1 || pieces[0].Cut == "" {
				t.Errorf("%d pieces: %+v", len(pieces), pieces)
			}
			if unknown, lost := r.sim.Complaints(); len(unknown) > 0 || lost > 0 {
				t.Errorf("the printer did not know %v and lost %d bytes", unknown, lost)
			}
		})
	}
}

func paper80(change func(*Paper)) Paper {
	p := Paper{Dots: 576, Letters: Letters{gb18030, -1}, QR: QRByCommand, QRDots: 6, Cut: CutPartial}
	if change != nil {
		change(&p)
	}
	return p
}

func paper58(change func(*Paper)) Paper {
	p := paper80(change)
	p.Dots = 384
	return p
}

// The roll ends in the middle; the printer loses what it was sent then. After a
// new roll there is one whole copy.
func TestARollThatEndsInAReceiptGivesAWholeCopy(t *testing.T) {
	t.Parallel()
	r := newRig(t, paper.Config{WidthDots: 384})
	r.sim.Set(paper.Condition{Forgets: true})
	r.sim.Load(12) // millimetres: the beginning of a receipt
	r.serve(r.sim.Feed)
	p := r.open(nil)
	r.printTicket(p, paper58(nil))
	r.state(Empty)
	if text := r.sim.Text(); strings.Contains(text, "4821 3907") {
		t.Fatalf("it is whole already:\n%s", text)
	}
	r.sim.TearOff()
	r.sim.Load(80_000)
	r.ends("j1", Printed)
	text := r.sim.Text()
	if !strings.Contains(text, "COPY") || strings.Count(text, "4821 3907") != 1 {
		t.Errorf("after the new roll the paper says\n%s", text)
	}
	if got := readable(t, r.sim); got != pickup {
		t.Errorf("the code says %q", got)
	}
}

func TestACoverThatIsOpenedAndShutIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, paper.Config{WidthDots: 384})
	r.sim.Set(paper.Condition{CoverOpen: true})
	r.serve(r.sim.Feed)
	p := r.open(nil)
	r.state(Cover)
	r.printTicket(p, paper58(nil))
	r.sim.Set(paper.Condition{NearEnd: true})
	r.state(Low)
	r.ends("j1", Printed)
	if text := r.sim.Text(); strings.Contains(text, "COPY") || strings.Count(text, "4821 3907") != 1 {
		t.Errorf("the paper says\n%s", text)
	}
}

func TestAMuteSimulatedPrinterPrintsUnproven(t *testing.T) {
	t.Parallel()
	r := newRig(t, paper.Config{WidthDots: 384})
	r.sim.Set(paper.Condition{Mute: true})
	r.serve(r.sim.Feed)
	p := r.open(nil)
	r.state(Mute)
	r.printTicket(p, paper58(nil))
	r.ends("j1", Sent)
	if text := r.sim.Text(); !strings.Contains(text, "4821 3907") {
		t.Errorf("the paper says\n%s", text)
	}
}

// A full buffer holds back the printer's answers for a second each time.
func TestAnswersBehindAFullBufferAreWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, paper.Config{WidthDots: 384})
	r.serve(func(b []byte) []byte {
		out := r.sim.Feed(b)
		r.busy.Go(func() {
			time.Sleep(100 * time.Millisecond) // the printer's, not the test's
			r.line.Write(out)
		})
		return nil
	})
	p := r.open(nil)
	r.printTicket(p, paper58(nil))
	r.ends("j1", Printed)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, report := range r.reports {
		if !report.State.Prints() {
			t.Errorf("it was reported %s", report.State)
		}
	}
}

func TestALabelComesOutOnceTheHeadIsShut(t *testing.T) {
	t.Parallel()
	r := newRig(t, paper.Config{})
	r.label.Set(paper.LabelCondition{HeadOpen: true}) // answers nothing then, as the maker says
	r.serve(r.label.Feed)
	p := r.open(func(c *Config) { c.Kind = Labels })
	r.state(Silent)
	label, err := zpl.New(800, 1200).Text(20, 20, 40, "Return ~1^2_3 取件").QR(20, 100, 5, "R:ABC").Code128(20, 400, 3,
		100, "R>4711").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	r.print(p, Job{ID: "j1", Data: label})
	r.label.Set(paper.LabelCondition{})
	r.ends("j1", Printed)
	pieces := r.label.Pieces()
	if len(pieces) != 1 {
		t.Fatalf("%d labels came out", len(pieces))
	}
	if !strings.Contains(pieces[0].Text, "Return ~1^2_3 取件") {
		t.Errorf("the label says\n%s", pieces[0].Text)
	}
	for _, want := range []string{"R:ABC", "R>4711"} {
		if !strings.Contains(strings.Join(pieces[0].Codes, " "), want) {
			t.Errorf("its codes are %q, %q is not among them", pieces[0].Codes, want)
		}
	}
	r.label.Set(paper.LabelCondition{PaperOut: true, Talks: true})
	r.state(Empty)
	r.label.Set(paper.LabelCondition{Paused: true, Talks: true})
	r.state(Offline)
}
