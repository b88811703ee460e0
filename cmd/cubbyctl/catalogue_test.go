package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestACatalogueIsCheckedWithoutACore(t *testing.T) {
	var out strings.Builder
	tool := &tool{out: &out}
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.csv", "kind,id,title.en,categories,sku,pictures\ncategory,cups,Cups\n"+
		",mug,Mug,cups,MUG,mug.png\n")
	if err := tool.catalogue(t.Context(), []string{"import", good, "--check"}); err != nil ||
		!strings.Contains(out.String(), "1 products with 1 SKUs in 1 categories, 0 pictures: no problem found") {
		t.Errorf("%s, %v", out.String(), err)
	}
	err := tool.catalogue(t.Context(), []string{"import", "--pictures", dir, good, "--check"})
	if err == nil || !strings.Contains(err.Error(), "line 3, pictures: there is no picture mug.png in "+dir) {
		t.Errorf("%v", err)
	}
	write("mug.png", "")
	if err := tool.catalogue(t.Context(), []string{"import", "--pictures", dir, good, "--check"}); err != nil {
		t.Errorf("%v", err)
	}
	bad := write("bad.csv", "kind,id,title.en,categories,sku,gtins\n,mug,<b>Mug,cups,MUG,1234\n,mug,,,MUG\n")
	err = tool.catalogue(t.Context(), []string{"import", bad, "--check"})
	for _, says := range []string{
		"bad.csv: the catalogue has 5 mistakes; nothing was imported", "line 2, title.en: holds HTML (<b>)",
		`line 2, gtins: "1234" is no article number`, "line 3, sku: SKU MUG stands on line 2 already",
		"line 2, categories: there is no category cups",
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nlacks %s", err, says)
		}
	}
	for _, wrong := range [][]string{
		nil, {"import"}, {"import", "a", "b"}, {"import", "a", "--pictures"}, {"import", "--check", "--all"},
		{"list", "a", "b"},
		{"search"}, {"show"}, {"sell"},
	} {
		if err := tool.catalogue(t.Context(), wrong); err == nil ||
			!strings.Contains(err.Error(), "usage: cubbyctl catalogue") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}
