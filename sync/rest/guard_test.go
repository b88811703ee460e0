package rest

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTheGuardForgetsRatherThanGrows(t *testing.T) {
	var g guard
	now := time.Unix(0, 0)
	for i := range 3 * maxRemotes {
		g.failed(remote(i), now)
		if len(g.remotes) > maxRemotes {
			t.Fatalf("%d remotes are remembered", len(g.remotes))
		}
	}
	for i := range 20 { // one line of IPv6 is one remote
		wait := g.failed("[2001:db8::"+string(rune('a'+i%6))+"]:1", now)
		if blocked := wait > 0; blocked != (i >= failuresAtOnce) {
			t.Fatalf("failure %d has to wait %v", i+1, wait)
		}
	}
}

func remote(i int) string {
	return strings.Join(
		[]string{"10", strconv.Itoa(i >> 16 & 255), strconv.Itoa(i >> 8 & 255), strconv.Itoa(i & 255)}, ".") + ":1"
}

func TestALookupBegunBeforeARevocationIsNotRemembered(t *testing.T) {
	asked, revoked := make(chan struct{}), make(chan struct{})
	first := true
	k := keyring{find: func(context.Context, [32]byte) (Holder, bool, error) {
		if !first {
			return Holder{Name: "one", Revoked: true}, true, nil
		}
		first = false
		close(asked)
		<-revoked
		return Holder{Name: "one"}, true, nil // as it was when it was read
	}}
	done := make(chan bool)
	go func() {
		_, ok, _ := k.caller(t.Context(), [32]byte{1})
		done <- ok
	}()
	<-asked
	k.forget()
	close(revoked)
	if !<-done {
		t.Error("the request that was under way failed")
	}
	if _, ok, _ := k.caller(t.Context(), [32]byte{1}); ok {
		t.Error("the revoked key is still good")
	}
}
