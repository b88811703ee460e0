package core

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cubby/locker/returns"
	rest "cubby/sync/api/photos"
)

// photos are the pictures of what came back, sealed with the station's key in a folder of
// the data folder, one file for each. They go with their case. Its methods may be called
// from any goroutine.
type photos struct {
	folder string
	vault  vault
}

// vault seals what is kept, bound to what it belongs to.
type vault interface {
	Seal(belongsTo, text string) []byte
	Unseal(belongsTo string, sealed []byte) (string, error)
}

const photoPart = ".part-" // of a picture that is being written

// validPhoto keeps an id from being a path.
func validPhoto(id string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return len(id) >= 1 && len(id) <= 64 && strings.Trim(id, letters) == ""
}

// keep writes a picture so that it is there completely or not at all.
func (p *photos) keep(id string, picture []byte) (err error) {
	if !validPhoto(id) {
		return fmt.Errorf("%q cannot be the name of a picture", id)
	}
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(p.folder, photoPart) // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if _, err = part.Write(p.vault.Seal("photo "+id, string(picture))); err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	if err = os.Rename(part.Name(), filepath.Join(p.folder, id)); err != nil {
		return err
	}
	return p.settle()
}

// settle makes what was renamed or removed durable.
func (p *photos) settle() error {
	folder, err := os.Open(p.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// read gives a picture. The error is fs.ErrNotExist when there is none.
func (p *photos) read(id string) ([]byte, error) {
	if !validPhoto(id) {
		return nil, fs.ErrNotExist
	}
	sealed, err := os.ReadFile(filepath.Join(p.folder, id))
	if err != nil {
		return nil, err
	}
	picture, err := p.vault.Unseal("photo "+id, sealed)
	if err != nil {
		return nil, fmt.Errorf("picture %s was changed, or belongs to another station: %w", id, err)
	}
	return []byte(picture), nil
}

// erase removes pictures; one that is not there is no error.
func (p *photos) erase(ids ...string) (err error) {
	gone := false
	for _, id := range ids {
		if !validPhoto(id) {
			continue
		}
		switch failed := os.Remove(filepath.Join(p.folder, id)); {
		case failed == nil:
			gone = true
		case !errors.Is(failed, fs.ErrNotExist):
			err = errors.Join(err, failed)
		}
	}
	if gone {
		err = errors.Join(err, p.settle())
	}
	return err
}

// sweep removes what nobody has a use for and was not written just now.
func (p *photos) sweep(used func(id string) bool, before time.Time) error {
	all, err := os.ReadDir(p.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var failed error
	for _, f := range all {
		info, err := f.Info()
		if err != nil || info.ModTime().After(before) || !info.Mode().IsRegular() || used(f.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(p.folder, f.Name())); !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return errors.Join(err, failed)
}

// Photo reads a picture of a return.
func (s staff) Photo(ctx context.Context, returnID, photo string) ([]byte, error) {
	has := false
	if err := s.Settle(ctx, returns.Shows{Case: returnID, Photo: photo, Found: &has}); err != nil {
		return nil, err
	}
	if !has {
		return nil, rest.NoSuchPhoto
	}
	picture, err := s.photos.read(photo)
	if errors.Is(err, fs.ErrNotExist) {
		err = rest.NoSuchPhoto
	}
	return picture, err
}
