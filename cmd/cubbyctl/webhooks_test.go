package main

import (
	"strings"
	"testing"
)

func TestWebhooksAreSeenToAtTheCommandLine(t *testing.T) {
	call, socket := served(t)
	says := func(want string, words ...string) string {
		t.Helper()
		out, err := call(append([]string{"webhooks"}, words...)...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("webhooks %v says %q, %v, want %q", words, out, err, want)
		}
		return out
	}
	says("WEBHOOK")
	says("whsec_", "add", "https://shop.example/hook", "parcel.*,return.ended")
	all, err := socket.Webhooks(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("there are %v, %v", all, err)
	}
	if list := says("parcel.*,return.ended"); strings.Contains(list, "whsec_") {
		t.Errorf("the list tells the secret: %s", list)
	}
	says("TRIES", "log", all[0].ID, "dead")
	says("events posted again: 0", "replay", all[0].ID)
	says("", "remove", all[0].ID)
	for _, words := range [][]string{
		{"webhooks", "replay", all[0].ID}, {"webhooks", "add", "nonsense"}, {"webhooks", "lost"},
		{"webhooks", "log"},
	} {
		if out, err := call(words...); err == nil {
			t.Errorf("%v says %s", words, out)
		}
	}
}
