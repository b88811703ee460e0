package api_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cubby/sync/catalogue"
	"cubby/sync/db/dbtest"
	"cubby/sync/uplink"
)

const offered = `{"categories":[{"id":"cups","title":{"en":"Cups"}}],"products":[{"id":"mug","title":{"en":"Mug"},` +
	`"categories":["cups"],"pictures":[{"file":"mug.png"}],"variants":[{"sku":"MUG"}]}]}`

// spoilt changes what the centre sends.
type spoilt struct {
	uplink.Offers
	file    func([]byte) []byte
	picture func([]byte) []byte
}

func (s spoilt) Catalogue(ctx context.Context, have string) (io.ReadCloser, string, error) {
	body, hash, err := s.Offers.Catalogue(ctx, have)
	if err != nil || body == nil || s.file == nil {
		return body, hash, err
	}
	all, err := io.ReadAll(body)
	return io.NopCloser(bytes.NewReader(s.file(all))), hash, errors.Join(err, body.Close())
}

func (s spoilt) CataloguePicture(ctx context.Context, hash string) ([]byte, error) {
	b, err := s.Offers.CataloguePicture(ctx, hash)
	if err == nil && s.picture != nil {
		b = s.picture(b)
	}
	return b, err
}

func TestAStationFetchesTheCatalogueOfTheHub(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	server := httptest.NewServer(b.Door)
	defer server.Close()
	line, err := uplink.NewHub(uplink.Credential{URL: server.URL, Station: id, Key: key})
	b.must(err)
	defer line.Close()
	here, err := catalogue.Open(t.TempDir())
	b.must(err)
	defer here.Close()
	now := time.Now()
	fetch := func(from uplink.Offers) (int64, error) {
		v, err := uplink.FetchOffers(t.Context(), from, here, now)
		return v.Number, err
	}
	if n, err := fetch(line); n != 0 || err != nil {
		t.Errorf("a hub without a catalogue gives %d, %v", n, err)
	}
	var drawn bytes.Buffer
	b.must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 40, 40))))
	hash, err := b.offers.Stage("mug.png", &drawn)
	b.must(err)
	v, err := b.offers.Import(t.Context(), strings.NewReader(offered), now, false)
	b.must(err)

	flip := func(all []byte) []byte { return bytes.Replace(all, []byte("Mug"), []byte("Cup"), 1) }
	cut := func(all []byte) []byte { return all[:len(all)/2] }
	for name, bad := range map[string]spoilt{
		"another file": {line, flip, nil}, "half of a file": {line, cut, nil}, "half of a picture": {line, nil,
			cut},
	} {
		if n, err := fetch(bad); n != 0 || err == nil || here.Version().Number != 0 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if n, err := fetch(line); n != 1 || err != nil || here.Version().Hash != v.Hash || !here.Has(hash) {
		t.Errorf("%d, %v, %+v", n, err, here.Version())
	}
	if n, err := fetch(line); n != 0 || err != nil {
		t.Errorf("fetched again: %d, %v", n, err)
	}
	_, err = b.offers.Import(t.Context(), strings.NewReader(strings.Replace(offered, `"Mug"`, `"Cup"`, 1)), now,
		false)
	b.must(err)
	if n, err := fetch(line); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	stranger, err := uplink.NewHub(uplink.Credential{URL: server.URL, Station: "other", Key: key})
	b.must(err)
	defer stranger.Close()
	if body, _, err := stranger.Catalogue(t.Context(), ""); err != nil || body != nil {
		t.Errorf("another station's address gives %v, %v", body, err)
	}
	if _, err := stranger.CataloguePicture(t.Context(), hash); err == nil {
		t.Error("another station's address gives a picture")
	}
	server.Close()
	if n, err := fetch(line); n != 0 || err == nil || here.Version().Number != 2 {
		t.Errorf("without the hub: %d, %v", n, err)
	}
}
