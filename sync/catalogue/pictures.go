package catalogue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cubby/locker/shop/catalogue"
)

// stagedFor is how long a picture is kept that no catalogue names.
const stagedFor = 24 * time.Hour

var pictureHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Stage keeps a picture under the name of its file, for the next import that names it. It is
// scaled now. The hash names it from then on. A file that is no picture, or too large, is
// refused with a BadPicture.
func (s *Store) Stage(name string, r io.Reader) (hash string, err error) {
	if !validName(name) {
		return "", BadPicture("the name of a picture has 1 to 200 characters, no folder, and ends with .png, " +
			".jpg, .jpeg or .webp")
	}
	if hash, err = s.Keep(r); err != nil {
		return "", err
	}
	return hash, replace(filepath.Join(s.folder, stagedDir, stagedName(name)), []byte(hash))
}

// stagedName is no path, whatever the name of a picture is.
func stagedName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

func validName(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return len(name) <= 200 && (ext == ".png" || ext == ".jpg" || ext == ".jpeg" || ext == ".webp") &&
		!strings.ContainsAny(name, "/\\\x00")
}

// Keep keeps a picture and gives the hash by which it is known: the SHA-256 of its large size.
func (s *Store) Keep(r io.Reader) (hash string, err error) {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	full, err := unpacked(r)
	if err != nil {
		return "", err
	}
	large, err := drawn(full, Large)
	if err != nil {
		return "", err
	}
	small, err := drawn(full, Small)
	if err != nil {
		return "", err
	}
	return hashOf(large), s.put(large, small)
}

// KeepLarge keeps the large size of a picture that another store has, whose hash is known.
func (s *Store) KeepLarge(hash string, large []byte) error {
	if hashOf(large) != hash {
		return BadPicture("the picture is not the one that was asked for")
	}
	s.drawing.Lock()
	defer s.drawing.Unlock()
	full, err := unpacked(bytes.NewReader(large))
	if err != nil {
		return err
	}
	small, err := drawn(full, Small)
	if err != nil {
		return err
	}
	return s.put(large, small)
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// put writes both sizes, the large one last: where it is, both are.
func (s *Store) put(large, small []byte) error {
	hash := hashOf(large)
	if err := replace(s.picture(hash, Small), small); err != nil {
		return err
	}
	return replace(s.picture(hash, Large), large)
}

func (s *Store) picture(hash string, size int) string {
	return filepath.Join(s.folder, pictureDir, hash+"-"+strconv.Itoa(size)+".jpg")
}

// Has reports whether a picture is here.
func (s *Store) Has(hash string) bool {
	if !pictureHash.MatchString(hash) {
		return false
	}
	_, err := os.Stat(s.picture(hash, Large))
	return err == nil
}

// Picture is the JPEG of a picture, no longer than Small or Large.
func (s *Store) Picture(hash string, size int) ([]byte, error) {
	if !pictureHash.MatchString(hash) || size != Small && size != Large {
		return nil, errNoPicture
	}
	b, err := os.ReadFile(s.picture(hash, size))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoPicture
	}
	return b, err
}

// settled finds what a product names: a picture by its hash, else by the name of its file.
func (s *Store) settled(p *catalogue.Picture, at int) error {
	if p.Hash != "" && s.Has(p.Hash) {
		return nil
	}
	if p.File != "" {
		hash, err := os.ReadFile(filepath.Join(s.folder, stagedDir, stagedName(p.File)))
		if err == nil && s.Has(string(hash)) {
			p.Hash = string(hash)
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	name := p.File
	if name == "" {
		name = "with this hash"
	}
	return &catalogue.Wrong{Member: []string{"pictures", strconv.Itoa(at)},
		What: fmt.Sprintf("there is no picture %s; give the folder it is in, --pictures DIR", name)}
}

// forget removes pictures that the catalogue does not name and that were not kept just now.
func (s *Store) forget(ctx context.Context, now time.Time) error {
	return s.reading(func(e *edition) error {
		used := map[string]bool{}
		rows, err := e.db.QueryContext(ctx, "SELECT hash FROM pictures")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash string
			if err := rows.Scan(&hash); err != nil {
				return err
			}
			used[hash] = true
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, sub := range []string{pictureDir, stagedDir} {
			all, err := os.ReadDir(filepath.Join(s.folder, sub))
			if err != nil {
				return err
			}
			for _, f := range all {
				hash, _, _ := strings.Cut(f.Name(), "-")
				info, err := f.Info()
				if err != nil || now.Sub(info.ModTime()) < stagedFor || sub == pictureDir && used[hash] {
					continue
				}
				if err := os.Remove(filepath.Join(s.folder, sub, f.Name())); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
