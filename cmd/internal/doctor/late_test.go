package doctor

import (
	"strings"
	"testing"

	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// Boards that answer when the core does not wait any more are neither dead nor
// wired wrongly, and all is not well with them.
func TestAnswersThatComeTooLateAreToldAsThat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, late, timeout string
		want                []string
	}{
		{"later than usual", "400ms", "",
			[]string{"ms, and the core waits for 150 ms only (reply_timeout_ms). -> Set reply_timeout_ms = "}},
		{"later than a short time that is configured", "100ms", "reply_timeout_ms = 50",
			[]string{"ms, and the core waits for 50 ms only (reply_timeout_ms). -> Set reply_timeout_ms = "}},
		{"in a long time that is configured", "400ms", "reply_timeout_ms = 2000", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := patient(t, "baud = BAUD", "baud = 19200\n"+tc.timeout)
			simtest.Fault(t, wired(t, e, "kerong-cu16", 19200, nil), "late-reply", "main", tc.late)
			expect(t, e.Run(t.Context()), append(tc.want, coreIsDown)...)
		})
	}
}

// How many locks a board answers for may differ from the configuration: that is
// said in words, and is no garbage.
func TestABoardThatAnswersForOtherLocksIsToldAsThat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, dialect, configured string
		has                       int
		want                      string
	}{
		{"an XOR board of 8", "xor-8a80", "channels = 8", 8,
			"hint: Board 1 on line main answers for 24 locks, configured for 8. -> Nothing has to be done"},
		{"an XOR board of 50 as 24", "xor-8a80", "", 50,
			"hint: Board 1 on line main answers for 50 locks, configured for 24"},
		{"an XOR board of 24 as 50", "xor-8a80", "channels = 50", 24,
			"hint: Board 1 on line main answers for 24 locks, configured for 50"},
		{"a WKLY board of 8", "wkly", "", 8, "hint: Board 1 on line main answers for 8 locks, configured for 16"},
		{"a WKLY board of 24", "wkly", "channels = 4", 24,
			"hint: Board 1 on line main answers for 24 locks, configured for 4"},
		{"a relay board of 8 as 16", "waveshare-modbus", "channels = 16", 8,
			"hint: Board 1 on line main answers for 8 locks, configured for 16"},
		{"a relay board of 16 as 8", "waveshare-modbus", "", 16, ""},
		{"a CU16 with 12 locks", "kerong-cu16", "channels = 12", 16, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			baud := "9600"
			if tc.dialect == "kerong-cu16" {
				baud = "19200"
			}
			e := patient(t, "DIALECT", tc.dialect, "BAUD", baud, "address = 1\n", "address = 1\n  "+tc.configured+"\n")
			wired(t, e, tc.dialect, map[string]int{"9600": 9600, "19200": 19200}[baud], func(b *sim.Board) {
				if b.Address == 1 {
					b.Channels = tc.has
				}
			})
			want := []string{coreIsDown}
			if tc.want != "" {
				want = append(want, tc.want)
			}
			all := e.Run(t.Context())
			expect(t, all, want...)
			for _, f := range all {
				if strings.Contains(f.What, "garbage") {
					t.Errorf("said was %q", f.What)
				}
			}
		})
	}
}
