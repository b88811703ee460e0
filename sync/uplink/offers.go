package uplink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
)

const (
	offersEvery    = time.Minute      // how often the centre is asked for another catalogue
	offersPatience = 10 * time.Minute // for a whole catalogue
)

// Offers is where a station's catalogue comes from; a Hub is one.
type Offers interface {
	// Catalogue reads the centre's catalogue with its hash, nil when it has the one with the
	// hash given, or none.
	Catalogue(ctx context.Context, have string) (file io.ReadCloser, hash string, err error)
	// CataloguePicture reads the large size of a picture.
	CataloguePicture(ctx context.Context, hash string) ([]byte, error)
}

// Catalogue reads the centre's catalogue, nil when it is the one that is here, or there is none.
func (h *Hub) Catalogue(ctx context.Context, have string) (io.ReadCloser, string, error) {
	r, err := h.request(ctx, "GET", "/catalogue", nil, "", nil)
	if err != nil {
		return nil, "", err
	}
	if have != "" {
		r.Header.Set("If-None-Match", `"`+have+`"`)
	}
	a, err := h.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	switch a.StatusCode {
	case http.StatusOK:
		return a.Body, strings.Trim(a.Header.Get("ETag"), `"`), nil
	case http.StatusNotModified, http.StatusNotFound:
		return nil, "", a.Body.Close()
	}
	defer a.Body.Close()
	return nil, "", refused(a)
}

// CataloguePicture reads the large size of a picture.
func (h *Hub) CataloguePicture(ctx context.Context, hash string) ([]byte, error) {
	r, err := h.request(ctx, "GET", "/catalogue/pictures/"+url.PathEscape(hash), nil, "", nil)
	if err != nil {
		return nil, err
	}
	a, err := h.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, refused(a)
	}
	return io.ReadAll(io.LimitReader(a.Body, catalogue.MaxPicture+1))
}

// FollowOffers keeps a station's catalogue as the centre's, until ctx ends. Without the
// centre, or where what it sends does not fit together, the one that is here stays. What goes
// wrong is logged when it begins and when it changes.
func FollowOffers(ctx context.Context, from Offers, s *catalogue.Store, log *slog.Logger) {
	again := time.NewTimer(0)
	defer again.Stop()
	trouble := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		v, err := FetchOffers(ctx, from, s, time.Now())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && err.Error() != trouble:
			trouble = err.Error()
			log.Warn("the centre's catalogue was not taken; the one that is here stays", "error", err)
		case err == nil:
			trouble = ""
			if v.Number > 0 {
				log.Info("the centre's catalogue counts", "number", v.Number, "products", v.Products,
					"skus", v.SKUs)
			}
		}
		again.Reset(offersEvery)
	}
}

// FetchOffers takes the centre's catalogue, if it is another one than that here: the file, the
// pictures that are not here, each held against its hash. Number is 0 when there was nothing
// to take.
func FetchOffers(ctx context.Context, from Offers, s *catalogue.Store, now time.Time) (
	v model.Version, err error) {
	ctx, cancel := context.WithTimeout(ctx, offersPatience)
	defer cancel()
	body, hash, err := from.Catalogue(ctx, s.Version().Hash)
	if err != nil || body == nil {
		return v, err
	}
	spool, err := s.Spool()
	if err != nil {
		return v, errors.Join(err, body.Close())
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(spool, sum), io.LimitReader(body, model.MaxFile+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return v, fmt.Errorf("the catalogue broke off: %w", err)
	}
	switch {
	case n > model.MaxFile:
		return v, fmt.Errorf("the catalogue has more than %d MB", model.MaxFile>>20)
	case hex.EncodeToString(sum.Sum(nil)) != hash:
		return v, errors.New("the catalogue is not what its hash says")
	}
	if err := pictures(ctx, from, s, spool); err != nil {
		return v, err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return v, err
	}
	return s.Import(ctx, spool, now, false)
}

// pictures fetches those that a catalogue names and that are not here.
func pictures(ctx context.Context, from Offers, s *catalogue.Store, file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := model.Read(file, model.Sink{
		Category:  func(model.Category) error { return nil },
		Attribute: func(model.Attribute) error { return nil },
		Product: func(p model.Product) error {
			for _, one := range p.Pictures {
				if one.Hash == "" || s.Has(one.Hash) {
					continue
				}
				large, err := from.CataloguePicture(ctx, one.Hash)
				if err == nil {
					err = s.KeepLarge(one.Hash, large)
				}
				if err != nil {
					return fmt.Errorf("the picture %s of %s: %w", filepath.Base(one.File), p.ID, err)
				}
			}
			return nil
		},
	})
	return err
}
