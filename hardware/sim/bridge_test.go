package sim

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// bridged is a site on a network bridge, with a connection to it.
func bridged(t *testing.T) (*Site, string) {
	t.Helper()
	plan := twoBoards()
	plan.Buses[0].Link = "tcp://127.0.0.1:0"
	s, err := Open(plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, strings.TrimPrefix(s.Devices()[0].Link, "tcp://")
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func asksOver(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write(unhex(t, "02 00 30 03 35")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 9)
	if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, unhex(t, "02 00 35 FF FF 00 00 03 38")) {
		t.Errorf("got %x, %v", got, err)
	}
}

func TestABridgeCarriesTheSameBytes(t *testing.T) {
	_, address := bridged(t)
	first := dial(t, address)
	asksOver(t, first)
	asksOver(t, dial(t, address)) // takes the place of the first
	if n, err := first.Read(make([]byte, 1)); err == nil {
		t.Errorf("the older connection still reads %d bytes", n)
	}
}

func TestAnUnpluggedBridgeComesBackAtItsAddress(t *testing.T) {
	s, address := bridged(t)
	conn := dial(t, address)
	asksOver(t, conn)
	if err := s.SetFault(Fault{Kind: "unplug", Target: "main", Value: "on"}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection still reads")
	}
	if late, err := net.Dial("tcp", address); err == nil {
		late.Close()
		t.Error("somebody still answers")
	}
	if err := s.SetFault(Fault{Kind: "unplug", Target: "main", Value: "off"}); err != nil {
		t.Fatal(err)
	}
	asksOver(t, dial(t, address))
}

func TestABridgeIsForThisMachineOnly(t *testing.T) {
	for _, link := range []string{"tcp://0.0.0.0:0", "tcp://192.0.2.1:5000", "tcp://", "tcp://localhost"} {
		plan := twoBoards()
		plan.Buses[0].Link = link
		if s, err := Open(plan); err == nil || !strings.Contains(err.Error(), "this machine only") {
			t.Errorf("%s: %v", link, err)
			if err == nil {
				s.Close()
			}
		}
	}
}
