// Package catalogue is the resource family of what a shop offers: products, categories and
// pictures are read and searched, and the whole is replaced by an import. A station and a hub
// have the same.
package catalogue

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Scopes of keys.
const (
	Read  = "catalogue:read"
	Write = "catalogue:write"
)

// Media types of bodies that are no small JSON.
const anyPicture = "image/*"

// How long a body may take to come, and a catalogue to be taken.
const patience = 2 * time.Minute

type family struct{ store *catalogue.Store }

// Family is the family over a catalogue; nil: there is no shop here, as each route answers.
func Family(s *catalogue.Store) rest.Family {
	f := family{s}
	route := func(method, path, scope string, run func(*rest.Exchange) error, query ...string) rest.Route {
		return rest.Route{Method: method, Path: path, Scope: scope, Query: query, Run: rest.Plain(
			func(x *rest.Exchange) error {
				if f.store == nil {
					return noShop
				}
				return run(x)
			})}
	}
	replace := route("PUT", "/v1/catalogue", Write, f.replace, "check")
	replace.MaxBody = model.MaxFile
	picture := route("PUT", "/v1/catalogue/pictures/{file}", Write, f.stage)
	picture.MaxBody, picture.Media = catalogue.MaxPicture, anyPicture
	return rest.Family{Name: "catalogue", Fragment: fragment, Routes: []rest.Route{
		route("GET", "/v1/catalogue", Read, f.about),
		replace,
		route("GET", "/v1/catalogue/file", Read, f.file),
		picture,
		route("GET", "/v1/pictures/{hash}", Read, f.picture, "size"),
		route("GET", "/v1/categories", Read, f.categories),
		route("GET", "/v1/products", Read, f.search, "text", "category", "attribute", "limit", "offset",
			"facets"),
		route("GET", "/v1/products/{product}", Read, f.product),
		route("GET", "/v1/variants/{sku}", Read, f.variant),
		route("GET", "/v1/gtins/{gtin}", Read, f.gtin),
	}}
}

var (
	noShop = ledger.Refuse(ledger.NotFound, "no-shop",
		"there is no shop here; set enabled in [shop] of the configuration")
	noSuchProduct = ledger.Refuse(ledger.NotFound, "no-such-product", "the catalogue has no such product")
	noSuchPicture = ledger.Refuse(ledger.NotFound, "no-such-picture", "the catalogue has no such picture")
)

// aboutAnswer is the catalogue that counts, and the last import.
type aboutAnswer struct {
	model.Version
	Import *model.Import `json:"import,omitempty"`
}

func (f family) aboutAnswer() aboutAnswer { return aboutAnswer{f.store.Version(), f.store.Last()} }

func (f family) about(x *rest.Exchange) error { return x.Encode(http.StatusOK, f.aboutAnswer()) }

// replace takes a catalogue in. Where it takes longer than a request may, the answer is that
// it is being imported, and GET tells how that ends.
func (f family) replace(x *rest.Exchange) error {
	check, err := flag(x.Query(), "check")
	if err != nil {
		return err
	}
	done, err := f.store.Receive(func(w io.Writer) error { return x.Pour(w, patience) }, check)
	if err != nil {
		return err
	}
	ctx, cancel := x.Fresh()
	defer cancel()
	select {
	case err = <-done:
	case <-ctx.Done():
		return x.Encode(http.StatusAccepted, f.aboutAnswer())
	case <-x.Closing():
		return x.Encode(http.StatusAccepted, f.aboutAnswer())
	}
	var wrong *model.Mistakes
	switch {
	case errors.As(err, &wrong):
		return refused(wrong)
	case errors.Is(err, context.Canceled):
		return ledger.Refuse(ledger.Unavailable, "stopped",
			"the program ended before the catalogue was imported")
	case err != nil:
		return err
	}
	return x.Encode(http.StatusOK, f.aboutAnswer())
}

// refused lists the mistakes of a catalogue, each at its pointer and with its line.
func refused(wrong *model.Mistakes) error {
	var all []*ledger.Refusal
	for _, m := range wrong.First {
		one := ledger.Refuse(ledger.Invalid, "bad-catalogue", "line %d: %s", m.Line, m.What)
		if strings.HasPrefix(m.At, "/") {
			one = one.At(m.At)
		} else if m.At != "" {
			one.Message = fmt.Sprintf("line %d, %s: %s", m.Line, m.At, m.What)
		}
		all = append(all, one)
	}
	if more := wrong.Count - len(all); more > 0 {
		all[0].Message += fmt.Sprintf(" (%d more mistakes are not listed)", more)
	}
	return all[0].And(all[1:]...)
}

func flag(q url.Values, name string) (bool, error) {
	switch q.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, problem.BadParameter(name, "must be true or false")
}

// file sends the catalogue itself, as an import reads it.
func (f family) file(x *rest.Exchange) error { return Send(x, f.store) }

// Send answers with the catalogue as a file, whose tag is its hash; or that it is unchanged.
func Send(x *rest.Exchange, s *catalogue.Store) error {
	if v := s.Version(); v.Number > 0 {
		if done, err := x.Unchanged(v.Hash); done || err != nil {
			return err
		}
	}
	x.Patient(patience)
	ctx, cancel := context.WithTimeout(x.Request().Context(), patience)
	defer cancel()
	return s.Export(ctx, func(v model.Version) io.Writer {
		x.Tagged(v.Hash)
		x.Header()["Content-Type"] = []string{"application/json"}
		return x
	})
}

// stage keeps a picture for the import that names its file.
func (f family) stage(x *rest.Exchange) error {
	in, out := io.Pipe()
	poured := make(chan error, 1)
	go func() {
		err := x.Pour(out, patience)
		out.CloseWithError(err)
		poured <- err
	}()
	hash, err := f.store.Stage(x.Var("file"), in)
	in.CloseWithError(io.ErrClosedPipe) // what nobody reads any more ends the pouring
	if broken := <-poured; broken != nil && !errors.Is(broken, io.ErrClosedPipe) {
		return broken
	}
	var bad catalogue.BadPicture
	if errors.As(err, &bad) {
		return ledger.Refuse(ledger.Invalid, "bad-picture", "%s", string(bad))
	}
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, map[string]string{"hash": hash})
}

var jpegType = []string{"image/jpeg"}

func (f family) picture(x *rest.Exchange) error {
	size, err := rest.Number(x.Query(), "size", catalogue.Small, catalogue.Large, catalogue.Large)
	if err != nil {
		return err
	}
	if size != catalogue.Small && size != catalogue.Large {
		return problem.BadParameter("size", fmt.Sprintf("must be %d or %d", catalogue.Small, catalogue.Large))
	}
	return SendPicture(x, f.store, size)
}

// SendPicture answers with a picture in a size. It never changes.
func SendPicture(x *rest.Exchange, s *catalogue.Store, size int) error {
	hash := x.Var("hash")
	picture, err := s.Picture(hash, size)
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchPicture
	}
	if err != nil {
		return err
	}
	x.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	return x.Send(http.StatusOK, jpegType, picture)
}

func (f family) categories(x *rest.Exchange) error {
	all, err := f.store.Categories(x.Context())
	if err != nil && ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	attributes, err := f.store.Attributes(x.Context())
	if err != nil && ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	if all == nil {
		all = []model.Counted{}
	}
	if attributes == nil {
		attributes = []model.Attribute{}
	}
	return x.Encode(http.StatusOK, map[string]any{"categories": all, "attributes": attributes})
}

// foundAnswer is a page of products.
type foundAnswer struct {
	Products []model.Product `json:"products"`
	Total    int             `json:"total"`
	Facets   []model.Facet   `json:"facets,omitempty"`
}

func (f family) search(x *rest.Exchange) error {
	q, err := queryOf(x.Query())
	if err != nil {
		return err
	}
	facets, err := flag(x.Query(), "facets")
	if err != nil {
		return err
	}
	page, err := f.store.Search(x.Context(), q)
	if ledger.CodeOf(err) == ledger.NotFound { // there is no catalogue: nothing is found
		page, facets, err = model.Page{}, false, nil
	}
	if err != nil {
		return err
	}
	answer := foundAnswer{Products: page.Products, Total: page.Total}
	if answer.Products == nil {
		answer.Products = []model.Product{}
	}
	if facets {
		if answer.Facets, err = f.store.Facets(x.Context(), q); err != nil {
			return err
		}
	}
	return x.Encode(http.StatusOK, answer)
}

// queryOf reads what is searched for. Attributes are "NAME:VALUE", with commas between them.
func queryOf(values url.Values) (q model.Query, err error) {
	q.Text, q.Category = values.Get("text"), values.Get("category")
	if !utf8.ValidString(q.Text) || utf8.RuneCountInString(q.Text) > model.MaxQuery {
		return q, problem.BadParameter("text", fmt.Sprintf("must have at most %d characters", model.MaxQuery))
	}
	if q.Category != "" && !model.ValidID(q.Category) {
		return q, problem.BadParameter("category", "must be the id of a category")
	}
	if all := values.Get("attribute"); all != "" {
		q.Attributes = map[string][]string{}
		for one := range strings.SplitSeq(all, ",") {
			name, value, ok := strings.Cut(one, ":")
			if !ok || !model.ValidID(name) || value == "" || len(q.Attributes) >= model.MaxAttributes ||
				len(q.Attributes[name]) >= model.MaxAttributes {
				return q, problem.BadParameter("attribute",
					fmt.Sprintf("must be NAME:VALUE, at most %d with commas between them",
						model.MaxAttributes))
			}
			q.Attributes[name] = append(q.Attributes[name], value)
		}
	}
	if q.Limit, err = rest.Number(values, "limit", 1, model.MaxPage, 12); err != nil {
		return q, err
	}
	q.Offset, err = rest.Number(values, "offset", 0, model.MaxSKUs, 0)
	return q, err
}

func (f family) product(x *rest.Exchange) error {
	id := x.Var("product")
	if !model.ValidID(id) {
		return noSuchProduct
	}
	return answer(x, "", func() (model.Product, error) { return f.store.Product(x.Context(), id) })
}

func (f family) variant(x *rest.Exchange) error {
	sku := x.Var("sku")
	if !model.ValidID(sku) {
		return noSuchProduct
	}
	return answer(x, sku, func() (model.Product, error) { return f.store.SKU(x.Context(), sku) })
}

// productAnswer is a product, and which of its SKUs was asked for.
type productAnswer struct {
	SKU     string        `json:"sku,omitempty"`
	Product model.Product `json:"product"`
}

func answer(x *rest.Exchange, sku string, read func() (model.Product, error)) error {
	p, err := read()
	if ledger.CodeOf(err) == ledger.NotFound {
		return noSuchProduct
	}
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, productAnswer{sku, p})
}

func (f family) gtin(x *rest.Exchange) error {
	p, sku, err := f.store.GTIN(x.Context(), x.Var("gtin"))
	if ledger.CodeOf(err) == ledger.Invalid {
		return noSuchProduct
	}
	return answer(x, sku, func() (model.Product, error) { return p, err })
}
