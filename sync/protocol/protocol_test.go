package protocol

import (
	"encoding/json"
	"testing"
)

func TestAChangeThatCannotBeReadHoldsUpNothingBesideIt(t *testing.T) {
	var p Page
	const page = `{"changes":[null,7,{"collection":"texts","id":"help","rev":1e99,"doc":{}},
		{"collection":"stock","id":7,"rev":5,"doc":{}},
		{"collection":"texts","id":"notice","rev":6,"doc":{"text":{}},"later":true}],"next_cursor":"c"}`
	if err := json.Unmarshal([]byte(page), &p); err != nil {
		t.Fatal(err)
	}
	if p.Next != "c" || len(p.Changes) != 5 {
		t.Fatalf("the page is %+v", p)
	}
	for i, want := range []Change{
		{}, {}, {Collection: "texts", ID: "help"}, {Collection: "stock", Rev: 5},
		{Collection: "texts", ID: "notice", Rev: 6},
	} {
		got := p.Changes[i]
		if got.Collection != want.Collection || got.ID != want.ID || got.Rev != want.Rev ||
			(got.Doc != nil) != (i == 4) {
			t.Errorf("change %d is %+v", i, got)
		}
	}
}
