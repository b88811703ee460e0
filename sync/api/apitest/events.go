package apitest

import (
	"bytes"
	"cubby/sync/sse"
	"encoding/json"
	"testing"
)

// IDs are the numbers of the events on a page.
func IDs(t testing.TB, body string) (list []int) {
	t.Helper()
	var events []struct{ Data struct{ N int } }
	if err := json.Unmarshal([]byte(body), &events); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for _, e := range events {
		list = append(list, e.Data.N)
	}
	return list
}

// Streamed are the numbers of the events a stream has told, one to a message.
func Streamed(t testing.TB, messages []sse.Message) (list []int) {
	t.Helper()
	for _, m := range messages {
		if m.Event != "" || bytes.ContainsRune(m.Data, '\n') {
			t.Errorf("not an unnamed message of one line: %q %q", m.Event, m.Data)
		}
		list = append(list, IDs(t, "["+string(m.Data)+"]")...)
	}
	return list
}
