package events_test

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/feed"
)

// forged turns a cursor into one that says its reader has read all codes.
func forged(t *testing.T, cursor string) string {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	b[1] |= 1
	binary.BigEndian.PutUint32(b[18:], crc32.ChecksumIEEE(b[:18]))
	return base64.RawURLEncoding.EncodeToString(b)
}

func TestACursorFromNowAcknowledgesNothing(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.CursorKey = []byte("the station's") })
	b.Core.Happen(3)
	get := func(cursor string) (next string) {
		t.Helper()
		answer := b.Do("GET", "/v1/events?limit=2&cursor="+cursor, "")
		apitest.Want(t, answer, 200, "")
		return answer.Header.Get("Cubby-Next-Cursor")
	}
	late := b.Do("GET", "/v1/events?cursor=now", "").Header.Get("Cubby-Next-Cursor")
	b.Core.Happen(2)
	for _, cursor := range []string{late, get(late), forged(t, late), get(forged(t, late)),
		feed.Cursor{Seq: 5, Incarnation: apitest.SomeIncarnation, Complete: true}.Text()} {
		get(cursor)
	}
	b.Follow(t.Context(), "/v1/events", "Last-Event-ID", forged(t, late))
	if len(b.Core.Acked) != 0 {
		t.Fatalf("acknowledged %v for a reader who began at now", b.Core.Acked)
	}
	whole := get("")
	bare, proof, _ := strings.Cut(whole, ".")
	if proof == "" {
		t.Fatalf("a cursor from the beginning is %s", whole)
	}
	for name, cursor := range map[string]string{
		"another's proof":   forged(t, late) + "." + proof,
		"a proof cut short": bare + "." + proof[1:],
		"an empty proof":    bare + ".",
		"two proofs":        whole + "." + proof,
		"of no need":        late + "." + proof,
	} {
		if answer := b.Do("GET", "/v1/events?cursor="+cursor, ""); answer.StatusCode != 400 {
			t.Errorf("%s: %d", name, answer.StatusCode)
		}
	}
	if len(b.Core.Acked) != 0 {
		t.Fatalf("acknowledged %v on a forgery", b.Core.Acked)
	}
	get(whole)
	if len(b.Core.Acked) != 1 || b.Core.Acked[0] != 2 {
		t.Errorf("the reader from the beginning acknowledged %v", b.Core.Acked)
	}
}
