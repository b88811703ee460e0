package commission

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/locker/door/commissioning"
)

// forgetful is a bridge that loses the first request it is to carry.
func forgetful(t *testing.T, to string) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		host, err := listener.Accept()
		if err != nil {
			return
		}
		defer host.Close()
		site, err := net.Dial("tcp", strings.TrimPrefix(to, "tcp://"))
		if err != nil {
			t.Error(err)
			return
		}
		defer site.Close()
		if _, err := host.Read(make([]byte, 64)); err != nil {
			t.Error(err)
		}
		go io.Copy(host, site)
		io.Copy(site, host)
	}()
	return "tcp://" + listener.Addr().String()
}

func TestABoardThatShouldBeThereIsAskedOnceMore(t *testing.T) {
	t.Parallel()
	site := simtest.Open(t, sim.Plan{Station: "test", Seed: 1, Wall: simtest.Wall("1"), Buses: []sim.Bus{{
		Name: "main", Dialect: "kerong-cu16", Link: "tcp://127.0.0.1:0", Baud: 19200,
		Boards: []sim.Board{{Locks: map[int]string{1: "1"}}},
	}}})
	port := forgetful(t, site.Devices()[0].Link)
	found := Probe(t.Context(), port, port, Limit{Dialect: "kerong-cu16", Baud: 19200, Expected: []int{0}})
	if len(found.Boards) != 1 {
		t.Errorf("%+v", found)
	}
}

func TestABoardOfTheConfigurationThatDoesNotAnswerIsMissed(t *testing.T) {
	s, _ := NewSession(Known{Lines: []Line{{
		Name: "main", Port: "a", Dialect: "wkly", Baud: 9600, Boards: []Board{{Address: 0}, {Address: 2}},
	}}})
	s.Done(Job{Kind: JobProbe},
		Result{Found: []Found{{
			Port: "a", Dialect: "wkly", Baud: 9600, Boards: []FoundBoard{{Address: 0, Channels: 16}},
		}}})
	missing := slices.DeleteFunc(slices.Clone(s.State().Told),
		func(m commissioning.Message) bool { return m.ID != "missing" })
	if len(missing) != 1 || missing[0].Data["Board"] != "2" || missing[0].Data["Line"] != "main" {
		t.Errorf("%+v", s.State())
	}
}

func TestALineThatIsGoneIsSaidToBe(t *testing.T) {
	t.Parallel()
	site, link := built(t, "kerong-cu16", 19200, sim.Board{})
	p, _ := begin(t, site, Known{Lines: []Line{{Name: "main", Port: link, Dialect: "kerong-cu16", Baud: 19200}}})
	for _, step := range []commissioning.Step{commissioning.StepLines, commissioning.StepClose} {
		s := p.work.Settled(t.Context())
		if s.Step != step {
			t.Fatalf("asked %+v, want %s", s, step)
		}
		if step == commissioning.StepClose {
			simtest.Fault(t, site, "unplug", "main", "on")
		}
		if _, err := p.work.Answer(commissioning.Answer{Number: s.Number, Answer: "ok"}); err != nil {
			t.Fatal(err)
		}
	}
	if s := p.work.Settled(t.Context()); s.Step != commissioning.StepClose || len(s.Told) != 1 ||
		s.Told[0].ID != "line_gone" || s.Told[0].Data["Line"] != "main" {
		t.Errorf("without its cable: %+v", s)
	}
}

func TestNoBoardIsAskedAnyMoreOnceCommissioningIsOver(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	ctx, end := context.WithCancel(t.Context())
	asked := make(chan int, 1)
	go func() { // a bridge behind which nobody answers
		n := 0
		defer func() { asked <- n }()
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for buffer := make([]byte, 64); ; n++ {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
			end()
		}
	}()
	port := "tcp://" + listener.Addr().String()
	if found := Probe(ctx, port, port, Limit{}); found.Dialect != "" {
		t.Errorf("%+v", found)
	}
	if n := <-asked; n > 2 { // the second may be on its way already
		t.Errorf("%d questions were asked, all but one after the end", n)
	}
}
