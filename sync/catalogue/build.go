package catalogue

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cubby/locker/shop/catalogue"
)

// An edition's tables. What is in them never changes.
const tables = `
CREATE TABLE version (about TEXT NOT NULL);
CREATE TABLE categories (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE attributes (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE products (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE variants (sku TEXT PRIMARY KEY, product INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE gtins (gtin TEXT PRIMARY KEY, sku TEXT NOT NULL, product INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE placed (category TEXT, product INTEGER, PRIMARY KEY (category, product)) WITHOUT ROWID;
CREATE TABLE valued (attribute TEXT, value TEXT, product INTEGER,
 PRIMARY KEY (attribute, value, product)) WITHOUT ROWID;
CREATE TABLE pictures (hash TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, body, content='', prefix='1 2 3',
 tokenize='unicode61 remove_diacritics 2');
INSERT INTO words(words, rank) VALUES ('rank', 'bm25(10.0, 1.0)');
`

// Indices are made when all rows are there.
const indices = `
CREATE INDEX variants_by_product ON variants (product);
CREATE INDEX valued_by_product ON valued (product);
INSERT INTO words(words) VALUES ('optimize');
ANALYZE;
`

// Import replaces the catalogue by what is read, JSON or CSV. Pictures that products name by
// file must have been kept with Stage, those they name by hash be here. Where anything is
// wrong the error is a *catalogue.Mistakes, and the old catalogue stays. check has it read
// and checked only. An import of what counts already changes nothing.
func (s *Store) Import(ctx context.Context, from io.Reader, now time.Time, check bool) (
	v catalogue.Version, err error) {
	s.importing.Lock()
	defer s.importing.Unlock()
	before := s.Version()
	path := filepath.Join(s.folder, fmt.Sprintf("%s%06d.db", filePrefix, before.Number+1))
	for _, end := range []string{"", "-journal", "-wal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return v, err
		}
	}
	kept := false
	defer func() {
		if !kept {
			os.Remove(path)
		}
	}()
	b, err := begin(ctx, s, path)
	if err != nil {
		return v, fmt.Errorf("build the catalogue: %w", err)
	}
	v, err = b.all(from, catalogue.Version{
		Number: before.Number + 1, Imported: now.UTC().Truncate(time.Second),
	})
	if err = errors.Join(err, b.db.Close()); err != nil {
		var wrong *catalogue.Mistakes
		if errors.As(err, &wrong) {
			return v, wrong
		}
		return v, fmt.Errorf("build the catalogue: %w", err)
	}
	if check {
		return v, nil
	}
	if v.Hash == before.Hash {
		return before, nil
	}
	if err := synced(path); err != nil {
		return v, err
	}
	next, err := openEdition(path)
	if err != nil {
		return v, err
	}
	kept = true
	if err := s.swap(next); err != nil {
		return v, err
	}
	return v, s.forget(ctx, now)
}

// synced makes a file and its name durable.
func synced(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return settle(filepath.Dir(path))
}

// A builder fills the file of a new edition.
type builder struct {
	ctx   context.Context
	store *Store
	db    *sql.DB
	tx    *sql.Tx
	say   map[string]*sql.Stmt

	n          int64 // products so far
	categories map[string]catalogue.Category
	attributes map[string]catalogue.Attribute
	placed     map[int64][]string // categories that products name
	languages  map[string]bool
}

func begin(ctx context.Context, s *Store, path string) (b *builder, err error) {
	b = &builder{
		ctx: ctx, store: s, say: map[string]*sql.Stmt{}, categories: map[string]catalogue.Category{},
		attributes: map[string]catalogue.Attribute{}, languages: map[string]bool{},
		placed: map[int64][]string{},
	}
	b.db, err = sql.Open("sqlite", "file:"+escaped(path)+
		"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"+
		"&_pragma=cache_size(-32000)&_pragma=temp_store(2)")
	if err != nil {
		return b, err
	}
	b.db.SetMaxOpenConns(1)
	if _, err = b.db.ExecContext(ctx, tables); err == nil {
		b.tx, err = b.db.BeginTx(ctx, nil)
	}
	if err != nil {
		err = errors.Join(err, b.db.Close())
	}
	return b, err
}

// exec runs a statement that is read once.
func (b *builder) exec(query string, args ...any) error {
	s := b.say[query]
	if s == nil {
		var err error
		if s, err = b.tx.PrepareContext(b.ctx, query); err != nil {
			return err
		}
		b.say[query] = s
	}
	_, err := s.ExecContext(b.ctx, args...)
	return err
}

func (b *builder) all(from io.Reader, v catalogue.Version) (catalogue.Version, error) {
	n, err := catalogue.Read(from, catalogue.Sink{
		Category: b.category, Attribute: b.attribute, Product: b.product,
	})
	if err != nil {
		return v, errors.Join(err, b.tx.Rollback())
	}
	v.Categories, v.Products, v.SKUs = n.Categories, n.Products, n.SKUs
	v.Languages = slices.Sorted(maps.Keys(b.languages))
	if v.Languages == nil {
		v.Languages = []string{}
	}
	if err = b.places(); err == nil {
		err = b.tx.Commit()
	}
	if err == nil {
		_, err = b.db.ExecContext(b.ctx, indices)
	}
	if err != nil {
		return v, err
	}
	sum := sha256.New()
	e := &edition{db: b.db}
	if err := catalogue.Write(sum, func(to catalogue.Sink) error { return e.each(b.ctx, to) }); err != nil {
		return v, err
	}
	v.Hash = hex.EncodeToString(sum.Sum(nil))
	about, err := json.Marshal(v)
	if err != nil {
		return v, err
	}
	_, err = b.db.ExecContext(b.ctx, "INSERT INTO version (about) VALUES (?)", string(about))
	return v, err
}

func (b *builder) said(all ...catalogue.Words) {
	for _, w := range all {
		for tag := range w {
			b.languages[tag] = true
		}
	}
}

func (b *builder) category(c catalogue.Category) error {
	b.categories[c.ID] = c
	b.said(c.Title)
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return b.exec("INSERT OR IGNORE INTO categories (id, body) VALUES (?, ?)", c.ID, string(body))
}

func (b *builder) attribute(a catalogue.Attribute) error {
	b.attributes[a.ID] = a
	b.said(a.Title)
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return b.exec("INSERT OR IGNORE INTO attributes (id, body) VALUES (?, ?)", a.ID, string(body))
}

func (b *builder) product(p catalogue.Product) error {
	b.said(p.Title, p.Text)
	for i := range p.Pictures {
		if err := b.store.settled(&p.Pictures[i], i); err != nil {
			return err
		}
		if err := b.exec("INSERT OR IGNORE INTO pictures (hash) VALUES (?)", p.Pictures[i].Hash); err != nil {
			return err
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	b.n++
	if err := b.exec("INSERT INTO products (n, id, body) VALUES (?, ?, ?)",
		b.n, p.ID, string(body)); err != nil {
		return err
	}
	b.placed[b.n] = p.Categories
	for _, v := range p.Variants {
		if err := b.variant(v); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Attributes)) {
		if err := b.valued(id, p.Attributes[id]); err != nil {
			return err
		}
	}
	title, text := b.indexed(p)
	return b.exec("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", b.n, title, text)
}

func (b *builder) variant(v catalogue.Variant) error {
	if err := b.exec("INSERT INTO variants (sku, product) VALUES (?, ?)", v.SKU, b.n); err != nil {
		return err
	}
	for _, gtin := range v.GTINs {
		if err := b.exec("INSERT INTO gtins (gtin, sku, product) VALUES (?, ?, ?)",
			gtin, v.SKU, b.n); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.Options)) {
		if err := b.valued(id, v.Options[id]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) valued(attribute, value string) error {
	return b.exec("INSERT OR IGNORE INTO valued (attribute, value, product) VALUES (?, ?, ?)",
		attribute, value, b.n)
}

// indexed is what a product is found by: in its title also the SKUs and options, in its body
// the texts and attributes.
func (b *builder) indexed(p catalogue.Product) (title, text string) {
	var t, x strings.Builder
	add := func(to *strings.Builder, s string) {
		to.WriteString(tokens(s))
		to.WriteByte('\n')
	}
	value := func(to *strings.Builder, id, value string) {
		add(to, value)
		for _, w := range sorted(b.attributes[id].Values[value]) {
			add(to, w)
		}
	}
	for _, s := range sorted(p.Title) {
		add(&t, s)
	}
	add(&t, p.ID)
	for _, v := range p.Variants {
		add(&t, v.SKU)
		for _, id := range slices.Sorted(maps.Keys(v.Options)) {
			value(&t, id, v.Options[id])
		}
	}
	for _, s := range sorted(p.Text) {
		add(&x, s)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Attributes)) {
		value(&x, id, p.Attributes[id])
	}
	return t.String(), x.String()
}

func sorted(w catalogue.Words) (all []string) {
	for _, tag := range slices.Sorted(maps.Keys(w)) {
		all = append(all, w[tag])
	}
	return all
}

// places puts products into their categories and all above.
func (b *builder) places() error {
	for n := int64(1); n <= b.n; n++ {
		for _, id := range b.placed[n] {
			for depth := 0; id != "" && depth < catalogue.MaxDepth; depth++ {
				if err := b.exec("INSERT OR IGNORE INTO placed (category, product) VALUES (?, ?)",
					id, n); err != nil {
					return err
				}
				id = b.categories[id].Parent
			}
		}
	}
	return nil
}

// each hands out all that is in an edition, in its order.
func (e *edition) each(ctx context.Context, to catalogue.Sink) error {
	if err := bodies(ctx, e.db, "SELECT body FROM categories ORDER BY n", to.Category); err != nil {
		return err
	}
	if err := bodies(ctx, e.db, "SELECT body FROM attributes ORDER BY n", to.Attribute); err != nil {
		return err
	}
	return bodies(ctx, e.db, "SELECT body FROM products ORDER BY n", to.Product)
}

// bodies reads things that are kept as JSON, one after the other.
func bodies[T any](ctx context.Context, db *sql.DB, query string, take func(T) error, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var body sql.RawBytes
	for rows.Next() {
		var one T
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &one); err != nil {
			return err
		}
		if err := take(one); err != nil {
			return err
		}
	}
	return rows.Err()
}
