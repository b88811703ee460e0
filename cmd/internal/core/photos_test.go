package core

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cubby/locker/secret"
)

func testPhotos(t *testing.T) *photos {
	t.Helper()
	keys, err := secret.Open(filepath.Join(t.TempDir(), "key"), true)
	if err != nil {
		t.Fatal(err)
	}
	return &photos{folder: filepath.Join(t.TempDir(), "photos"), vault: keys}
}

func TestAPictureIsKeptSealedAndGoesWhenItIsErased(t *testing.T) {
	p := testPhotos(t)
	picture := []byte("\xFF\xD8 a torn jacket \xFF\xD9")
	if err := p.keep("ph-1", picture); err != nil {
		t.Fatal(err)
	}
	if got, err := p.read("ph-1"); err != nil || !bytes.Equal(got, picture) {
		t.Errorf("read %q, %v", got, err)
	}
	file := filepath.Join(p.folder, "ph-1")
	raw, err := os.ReadFile(file)
	if info, _ := os.Stat(file); err != nil || bytes.Contains(raw, []byte("jacket")) ||
		info.Mode().Perm() != 0o600 {
		t.Errorf("%q, mode %o, %v", raw, info.Mode(), err)
	}
	if err := os.Rename(file, filepath.Join(p.folder, "ph-2")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.read("ph-2"); err == nil {
		t.Error("a picture can be passed off as another one")
	}
	if err := p.erase("ph-2", "ph-1", "../key"); err != nil {
		t.Error(err)
	}
	if _, err := p.read("ph-2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after erasing: %v", err)
	}
}

func TestNoIDLeadsOutOfTheFolder(t *testing.T) {
	p := testPhotos(t)
	for _, id := range []string{"", ".", "..", "../key", "a/b", "a.b", "ä", string(make([]byte, 65))} {
		if err := p.keep(id, []byte("x")); err == nil {
			t.Errorf("%q was written", id)
		}
		if _, err := p.read(id); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q was read: %v", id, err)
		}
	}
}

func TestASweepTakesWhatNobodyHasAUseFor(t *testing.T) {
	p := testPhotos(t)
	if err := p.sweep(nil, time.Now()); err != nil {
		t.Errorf("without a folder: %v", err)
	}
	for _, id := range []string{"used", "lost", "new"} {
		if err := p.keep(id, []byte(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(p.folder, photoPart+"1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{"used", "lost", photoPart + "1"} {
		if err := os.Chtimes(filepath.Join(p.folder, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.sweep(func(id string) bool { return id == "used" }, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(p.folder)
	if len(left) != 2 || left[0].Name() != "new" || left[1].Name() != "used" {
		t.Errorf("left are %v", left)
	}
}
