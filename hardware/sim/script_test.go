package sim

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAScriptHappensInItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		plague(t, s,
			"# a bad day", "",
			"stuck Ac on",
			"at 2s fault slow Ab 1200ms for 3s",
			"at 4s door Aa open-by-force",
			"every 10s door Bc open-by-force",
		)
		has := func(after time.Duration, want string) {
			t.Helper()
			var all []string
			for _, f := range s.Faults() {
				all = append(all, f.Kind+" "+f.Target+" "+f.Value)
			}
			if got := strings.Join(all, ", "); got != want {
				t.Errorf("after %s: %q, want %q", after, got, want)
			}
		}
		has(0, "stuck Ac on")
		time.Sleep(3 * time.Second)
		has(3*time.Second, "slow Ab 1.2s, stuck Ac on")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		has(6*time.Second, "stuck Ac on")
		if got := stateOf(t, s, "Aa"); got != StateOpen {
			t.Errorf("door Aa is %s", got)
		}
		for range 2 {
			mustDo(t, s, "Bc", ActClose)
			time.Sleep(10 * time.Second)
			if got := stateOf(t, s, "Bc"); got != StateOpen {
				t.Errorf("door Bc is %s", got)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // a script ends with its site
	})
}

func TestAWrongScriptIsRefusedWithItsLine(t *testing.T) {
	for _, tc := range []struct{ script, want string }{
		{"stuck Aa on\nat noon stuck Aa off", `line 2: at "noon": a duration`},
		{"\n\nat 5s", "line 3: at 5s: nothing follows"},
		{"stuck Aa", "line 1: 2 words"},
		{"climate cooled warm", "line 1: climate warm: degrees"},
		{"badge 0100", "line 1: badge reader"},
		{"stuck Aa on for ever", `line 1: for "ever"`},
		{"fire Aa on", `line 1: fault "fire"`},
		{"door Aa kick", `line 1: "kick" is nothing people do`},
		{"swap main side", `line 1`},
		{"stuck * 0", `line 1: stuck "0"`},
		{"unplug * on", `line 1: device "*"`},
	} {
		s := newSite(twoBoards())
		if err := s.ReadFaults(strings.NewReader(tc.script)); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %s", tc.script, err, tc.want)
		}
	}
}

func TestAStarMeansAllOfAKind(t *testing.T) {
	s := newSite(twoBoards())
	plague(t, s, "cable-off * on")
	for address, want := range map[string]string{
		askBoard0: "020035000000000" + "33a", "02 10 30 03 45": "021035000000000" + "34a",
	} {
		if got := exchange(t, s, address); got != want {
			t.Errorf("%s is answered by %s, want %s", address, got, want)
		}
	}
	plague(t, s, "cable-off * off")
	if got := exchange(t, s, askBoard0); got != "020035ffff00000338" {
		t.Errorf("after mending: %s", got)
	}
}
