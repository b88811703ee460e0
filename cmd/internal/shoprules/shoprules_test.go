package shoprules

import (
	"os"
	"testing"
)

const example = "../../../packaging/rules/acme.toml"

func TestTheExampleIsSound(t *testing.T) {
	r, cases, err := File(example)
	if err != nil {
		t.Fatal(err)
	}
	if cases < 5 || r.Shop != "acme" || len(r.Windows) != 3 || r.Windows[2].Line == 0 {
		t.Errorf("%d cases, %+v", cases, r)
	}
	if _, err := os.Stat(example); err != nil {
		t.Error(err)
	}
}
