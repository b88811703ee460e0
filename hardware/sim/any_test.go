package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever comes over a line, boards neither fall over nor wait for ever: frames
// with good checksums and nonsense inside, cut short, glued and between junk.
func TestBoardsTakeAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		talk := rapid.SampledFrom(speeches()).Draw(t, "dialect")
		s := newSite(speaking(talk.name, nil))
		l := s.wire(s.plan.Buses[0])
		var in []byte
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			body := rapid.SliceOfN(rapid.Byte(), 4, 12).Draw(t, "body")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0: // as it is
			case 1:
				body = talk.seal(body...)
			case 2:
				body[0] = rapid.SampledFrom(talk.heads).Draw(t, "head")
				if talk == &wkly {
					body = append([]byte(wklyHead), append([]byte{byte(len(body) + 6)}, body...)...)
				}
				if talk == &cu16 || talk == &cu48 {
					body = append(body[:rapid.SampledFrom([]int{3, 4, min(5, len(body))}).Draw(t, "length")], frameEnd)
				}
				body = talk.seal(body...)
			}
			in = append(in, body...)
		}
		for len(in) > 0 {
			frame, used := talk.cut(in)
			if used > len(in) || frame != nil && used < len(frame) {
				t.Fatalf("%x: a frame of %d bytes, %d used", in, len(frame), used)
			}
			in = in[used:]
			if frame == nil {
				break
			}
			s.mu.Lock()
			for _, r := range talk.hear(s, l, frame, 0) {
				r.bytes()
			}
			s.mu.Unlock()
		}
	})
}
