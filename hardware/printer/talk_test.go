package printer

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/hardware/line"
)

// played is a printer in a bubble, where time costs nothing. It answers each
// question with what is so when it is asked, and in the order of the questions.
type played struct {
	*bench // its mu guards what its functions use
	answer func(question []byte) []byte
	takes  func() time.Duration // from a question to its answer
	chunks chan line.Chunk
	said   chan answer
}

type answer struct {
	bytes []byte
	due   time.Time
}

func (p *played) Chunks() <-chan line.Chunk { return p.chunks }
func (p *played) Err() error                { return io.EOF }

func (p *played) Write(b []byte, _ time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !bytes.HasPrefix(b, []byte{0x10, 0x04}) && !bytes.HasPrefix(b, []byte("~HS")) {
		p.printed = append(p.printed, b...)
	} else if out := p.answer(b); out != nil {
		p.said <- answer{out, time.Now().Add(p.takes())}
	}
	return nil
}

func (p *played) speak() {
	for a := range p.said {
		time.Sleep(time.Until(a.due))
		p.chunks <- line.Chunk{Bytes: a.bytes, At: time.Now()}
	}
}

// work has a driver work with the printer played until the test in its bubble is
// over.
func (play *played) work(t *testing.T, kind Kind) *Printer {
	play.bench = watching(t)
	play.chunks, play.said = make(chan line.Chunk, 64), make(chan answer, 64)
	p := &Printer{
		cfg: Config{
			Device: "printer", Kind: kind, Baud: networkSpeed, Poll: 5 * time.Second, Reply: 3 * time.Second,
			Settle: 2 * time.Second,
		},
		sink: play, stop: make(chan struct{}), wake: make(chan struct{}, 1), jobs: new(jobs),
	}
	var driver, printer sync.WaitGroup
	driver.Go(func() { p.work(&wire{l: play, stop: p.stop, reply: p.cfg.Reply}, new(hearing)) })
	printer.Go(play.speak)
	t.Cleanup(func() {
		close(p.stop)
		driver.Wait()
		close(play.said)
		printer.Wait()
	})
	return p
}

// after lets a time pass and then looks at what has happened.
func (play *played) after(d time.Duration, look func()) {
	time.Sleep(d)
	synctest.Wait()
	play.mu.Lock()
	defer play.mu.Unlock()
	look()
}

// The answer to the first question after the printing is late, and the paper ends
// behind it. However late it is, the answers that follow are not taken for those
// of the questions before: the job would count as printed, or the printer as broken.
func TestALateAnswerJudgesNothingThatItWasNotAskedFor(t *testing.T) {
	const rest = "\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
	kinds := map[Kind]func(question []byte, out bool) []byte{
		Receipts: func(question []byte, out bool) []byte {
			if out {
				return []byte{[]byte{0x1A, 0x32, 0x12, 0x72}[question[2]-1]}
			}
			return []byte{0x12}
		},
		Labels: func(_ []byte, out bool) []byte {
			if out {
				return []byte("\x02030,1,0,1245,000,0,0,0,000,0,0,0\x03\r\n" + rest)
			}
			return []byte("\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n" + rest)
		},
	}
	for kind, answer := range kinds {
		for late := 3 * time.Second; late < 9*time.Second; late += 50 * time.Millisecond {
			synctest.Test(t, func(t *testing.T) {
				out, asked := false, 0
				play := &played{}
				play.answer = func(question []byte) []byte {
					now := out
					if len(play.printed) > 0 {
						if asked++; asked == 1 {
							out = true
						}
					}
					return answer(question, now)
				}
				play.takes = func() time.Duration {
					if asked == 1 {
						return late
					}
					return 400 * time.Millisecond
				}
				p := play.work(t, kind)
				play.print(p, Job{ID: "j1", Data: []byte("FIRST"), Copy: []byte("COPY")})
				play.after(time.Minute, func() {
					if last := p.State(); last.State != Empty || len(play.ended) > 0 {
						t.Fatalf("%s, %v: it is %s, ended are %+v", kind, late, last.State, play.ended)
					}
					for _, r := range play.reports {
						if !slices.Contains([]State{Ready, Silent, Empty}, r.State) {
							t.Fatalf("%s, %v: it was reported %s", kind, late, r.State)
						}
					}
					out = false
				})
				play.after(time.Minute, func() {
					if len(play.ended) != 1 || play.ended[0].Result != Printed || string(play.printed) != "FIRSTCOPY" {
						t.Fatalf("%s, %v: ended are %+v, the paper says %q", kind, late, play.ended, play.printed)
					}
				})
			})
		}
	}
}

func TestALabelThatIsNotOutIsNotCalledPrinted(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		want  Result
	}{{time.Second, Printed}, {bandTime, Printed}, {time.Hour, Sent}} {
		synctest.Test(t, func(t *testing.T) {
			var came time.Time
			play := &played{takes: func() time.Duration { return 100 * time.Millisecond }}
			play.answer = func([]byte) []byte {
				waiting := "000"
				if len(play.printed) > 0 {
					if came.IsZero() {
						came = time.Now()
					}
					if time.Since(came) < c.takes {
						waiting = "001"
					}
				}
				return []byte("\x02030,0,0,1245," + waiting +
					",0,0,0,000,0,0,0\x03\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\x021234,0\x03")
			}
			p := play.work(t, Labels)
			play.print(p, Job{ID: "j1", Data: []byte("LABEL")})
			play.after(time.Minute, func() {
				if len(play.ended) != 1 || play.ended[0].Result != c.want || string(play.printed) != "LABEL" {
					t.Errorf("out after %v: %+v, printed %q", c.takes, play.ended, play.printed)
				}
			})
		})
	}
}
