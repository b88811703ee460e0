package wire

import (
	"testing"
	"time"
)

func TestAReplyIsWaitedForAsLongAsItComes(t *testing.T) {
	const reply = 150 * time.Millisecond
	for _, c := range []struct {
		name    string
		gap     time.Duration // between two bytes
		bytes   int
		junk    bool // none of them can begin a frame
		whole   int  // with so many the frame is whole; 0: never
		longest int
		unread  bool          // something waits to be looked at
		late    time.Duration // by which the first timer fires late
		least   time.Duration // until when it is waited for
		most    time.Duration
	}{
		{name: "a silent board is not", longest: 18, least: reply, most: reply},
		{
			name: "junk alone is not", gap: 10 * time.Millisecond, bytes: 40, junk: true, longest: 18,
			least: reply, most: reply,
		},
		{
			name: "a CU48 status that comes byte by byte", gap: 40 * time.Millisecond, bytes: 18, whole: 18,
			longest: cu48Status, least: 720 * time.Millisecond, most: 820 * time.Millisecond,
		},
		{
			name: "the longest frame of a WKLY board, too", gap: 40 * time.Millisecond, bytes: 40, whole: 40,
			longest: wklyMost, least: 1600 * time.Millisecond, most: 1700 * time.Millisecond,
		},
		{
			name: "half a frame is given a moment", gap: 10 * time.Millisecond, bytes: 4, longest: 18,
			least: reply + Gap, most: reply + Gap,
		},
		{
			name: "somebody who babbles slowly is given the time of a frame", gap: 45 * time.Millisecond, bytes: 500,
			longest: 9, least: 9 * frameByte, most: reply + 9*frameByte,
		},
		{
			name: "somebody who babbles fast is not", gap: time.Millisecond, bytes: 2000, longest: 40,
			least: reply, most: reply,
		},
		{
			name: "bytes nobody has looked at are looked at", unread: true, longest: 9, least: reply + Gap,
			most: reply + Gap,
		},
		{
			name: "a machine that stood still is made up for, once", late: time.Second, longest: 9, least: reply + Gap,
			most: reply + Gap,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := time.Now()
			p := NewPatience(sent.Add(reply), &cutter{longest: c.longest})
			end, heard, late := reply, 0, c.late
			for more := time.Nanosecond; more > 0 && (c.whole == 0 || heard < c.whole) &&
				end < time.Minute; end += more {
				for heard < c.bytes && time.Duration(heard+1)*c.gap <= end {
					heard++
					p.Heard(1)
				}
				more = p.More(sent.Add(end+late), heard > 0 && !c.junk && heard != c.whole, c.unread)
				late = 0
			}
			if end < c.least || end > c.most {
				t.Errorf("waited for %v, want %v to %v", end, c.least, c.most)
			}
			if heard < c.whole {
				t.Errorf("given up after %d of %d bytes", heard, c.whole)
			}
		})
	}
}
