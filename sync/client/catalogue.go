package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"cubby/locker/shop/catalogue"
)

// uploadPatience is for one file.
const uploadPatience = 3 * time.Minute

// A CatalogueState is the catalogue that counts, and the last import.
type CatalogueState struct {
	catalogue.Version
	Import *catalogue.Import `json:"import"`
}

// Catalogue tells which catalogue counts.
func (c *Client) Catalogue(ctx context.Context) (s CatalogueState, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/catalogue"}, &s)
	return s, err
}

// PutPicture keeps a picture for the next import that names it.
func (c *Client) PutPicture(ctx context.Context, name string, picture io.Reader) error {
	_, err := c.upload(ctx, "/v1/catalogue/pictures/"+url.PathEscape(name), "image/*", picture)
	return err
}

// ReplaceCatalogue replaces the catalogue by a file in JSON, and waits until it counts.
func (c *Client) ReplaceCatalogue(ctx context.Context, file io.Reader) (s CatalogueState, err error) {
	body, err := c.upload(ctx, "/v1/catalogue", "application/json", file)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("the station's answer cannot be read: %w", err)
	}
	for s.Import != nil && s.Import.State == catalogue.Importing {
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(time.Second):
		}
		if s, err = c.Catalogue(ctx); err != nil {
			return s, err
		}
	}
	switch {
	case s.Import == nil:
		return s, fmt.Errorf("the station has begun anew before the catalogue was imported; import it again")
	case s.Import.State == catalogue.Refused:
		return s, &catalogue.Mistakes{Count: s.Import.Mistakes, First: s.Import.First}
	case s.Import.State == catalogue.Failed:
		return s, fmt.Errorf("the catalogue was not imported: %s", s.Import.Detail)
	}
	return s, nil
}

func (c *Client) upload(ctx context.Context, path, media string, file io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, uploadPatience)
	defer cancel()
	_, body, err := c.fetch(ctx, call{method: "PUT", path: path, raw: file, media: media})
	return body, err
}

// Products finds a page of products by what was typed, those behind so many.
func (c *Client) Products(ctx context.Context, text, category string, offset, limit int) (
	page catalogue.Page, err error) {
	var told struct {
		Products []catalogue.Product `json:"products"`
		Total    int                 `json:"total"`
	}
	query := url.Values{
		"text": {text}, "category": {category}, "offset": {strconv.Itoa(offset)},
		"limit": {strconv.Itoa(limit)},
	}
	_, err = c.do(ctx, call{method: "GET", path: "/v1/products", query: query}, &told)
	return catalogue.Page{Products: told.Products, Total: told.Total}, err
}

// Product reads a product by "products" and its id, "variants" and an SKU, or "gtins" and an
// article number.
func (c *Client) Product(ctx context.Context, by, number string) (p catalogue.Product, err error) {
	var told struct {
		Product catalogue.Product `json:"product"`
	}
	_, err = c.do(ctx, call{method: "GET", path: "/v1/" + by + "/" + url.PathEscape(number)}, &told)
	return told.Product, err
}

// Picture is a picture of something for sale by its hash, of 320 or 720 pixels at most.
func (c *Client) Picture(ctx context.Context, hash string, size int) ([]byte, error) {
	_, body, err := c.fetch(ctx, call{method: "GET", path: "/v1/pictures/" + url.PathEscape(hash),
		query: url.Values{"size": {strconv.Itoa(size)}}})
	return body, err
}
