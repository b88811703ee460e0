package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/locker/shop/catalogue"
)

// mostLooked bounds how many products are asked of Query.Keep.
const mostLooked = 5_000

// Product is the one with an id.
func (s *Store) Product(ctx context.Context, id string) (p catalogue.Product, err error) {
	err = s.reading(func(e *edition) error {
		return e.one(ctx, &p, "SELECT body FROM products WHERE id = ?", id)
	})
	return p, err
}

// SKU is the product that an SKU is of.
func (s *Store) SKU(ctx context.Context, sku string) (p catalogue.Product, err error) {
	err = s.reading(func(e *edition) error {
		return e.one(ctx, &p, "SELECT body FROM products "+
			"WHERE n = (SELECT product FROM variants WHERE sku = ?)", sku)
	})
	return p, err
}

// GTIN is the product, and the SKU, that a scanned or typed article number is of.
func (s *Store) GTIN(ctx context.Context, scanned string) (p catalogue.Product, sku string, err error) {
	gtin, ok := catalogue.Scanned(scanned)
	if !ok {
		return p, "", ledger.Refuse(ledger.Invalid, "bad-gtin",
			"this is no article number: 8, 12, 13 or 14 digits, the last the check digit")
	}
	err = s.reading(func(e *edition) error {
		var n int64
		err := e.db.QueryRowContext(ctx, "SELECT sku, product FROM gtins WHERE gtin = ?", gtin).Scan(&sku, &n)
		if errors.Is(err, sql.ErrNoRows) {
			return errNoProduct
		}
		if err != nil {
			return err
		}
		return e.one(ctx, &p, "SELECT body FROM products WHERE n = ?", n)
	})
	return p, sku, err
}

func (e *edition) one(ctx context.Context, p *catalogue.Product, query string, args ...any) error {
	rows, err := e.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return errNoProduct
	}
	var body sql.RawBytes
	if err := rows.Scan(&body); err != nil {
		return err
	}
	return json.Unmarshal(body, p)
}

// Categories are all, as the catalogue has them, with how many products are in each.
func (s *Store) Categories(ctx context.Context) (all []catalogue.Counted, err error) {
	err = s.reading(func(e *edition) error {
		counts := map[string]int{}
		rows, err := e.db.QueryContext(ctx, "SELECT category, count(*) FROM placed GROUP BY category")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var n int
			if err := rows.Scan(&id, &n); err != nil {
				return err
			}
			counts[id] = n
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return bodies(ctx, e.db, "SELECT body FROM categories ORDER BY n", func(c catalogue.Category) error {
			all = append(all, catalogue.Counted{Category: c, Count: counts[c.ID]})
			return nil
		})
	})
	slices.SortStableFunc(all, func(a, b catalogue.Counted) int {
		if a.Order != b.Order {
			return a.Order - b.Order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all, err
}

// Attributes say how attributes and options are called.
func (s *Store) Attributes(ctx context.Context) (all []catalogue.Attribute, err error) {
	err = s.reading(func(e *edition) error {
		return bodies(ctx, e.db, "SELECT body FROM attributes ORDER BY n", func(a catalogue.Attribute) error {
			all = append(all, a)
			return nil
		})
	})
	return all, err
}

// where is the condition of a query, on a column with the numbers of products; the text,
// where there is one, is matched by the table words. none: nothing can be found.
func where(q catalogue.Query, column string) (condition string, args []any, none bool, err error) {
	if utf8.RuneCountInString(q.Text) > catalogue.MaxQuery {
		return "", nil, false, ledger.Refuse(ledger.Invalid, "long-query", "search for at most %d characters",
			catalogue.MaxQuery)
	}
	var all []string
	if strings.TrimSpace(q.Text) != "" {
		typed := match(q.Text)
		if typed == "" {
			return "", nil, true, nil
		}
		all, args = append(all, "words MATCH ?"), append(args, typed)
	}
	if q.Category != "" {
		all = append(all, column+" IN (SELECT product FROM placed WHERE category = ?)")
		args = append(args, q.Category)
	}
	for _, id := range slices.Sorted(maps.Keys(q.Attributes)) {
		values := q.Attributes[id]
		if len(values) == 0 || len(values) > catalogue.MaxAttributes ||
			len(q.Attributes) > catalogue.MaxAttributes {
			return "", nil, false, ledger.Refuse(ledger.Invalid, "bad-filter",
				"filter by at most %d attributes, and 1 to %d values of each", catalogue.MaxAttributes,
				catalogue.MaxAttributes)
		}
		all = append(all, column+" IN (SELECT product FROM valued WHERE attribute = ? AND value IN (?"+
			strings.Repeat(", ?", len(values)-1)+"))")
		args = append(args, id)
		for _, v := range values {
			args = append(args, v)
		}
	}
	if len(all) == 0 {
		return "1", nil, false, nil
	}
	return strings.Join(all, " AND "), args, false, nil
}

// from is the table that a query reads, and the column with the numbers of products.
func from(q catalogue.Query) (table, column, order string) {
	switch {
	case strings.TrimSpace(q.Text) != "":
		return "words", "words.rowid", "rank"
	case q.Category != "" && len(q.Attributes) == 0:
		return "placed", "placed.product", "placed.product"
	}
	return "products", "products.n", "products.n"
}

// Search finds a page of products: those whose words begin as the words that were typed, the
// best first; without a text, in the order of the catalogue. An article number finds its
// product.
func (s *Store) Search(ctx context.Context, q catalogue.Query) (page catalogue.Page, err error) {
	if q.Limit < 1 || q.Limit > catalogue.MaxPage || q.Offset < 0 || q.Offset > catalogue.MaxSKUs {
		return page, ledger.Refuse(ledger.Invalid, "bad-page", "ask for 1 to %d products, behind at most %d",
			catalogue.MaxPage, catalogue.MaxSKUs)
	}
	if _, is := catalogue.Scanned(q.Text); is {
		p, _, err := s.GTIN(ctx, q.Text)
		switch {
		case err == nil:
			if q.Offset == 0 && keeps(q, p) {
				page.Products = []catalogue.Product{p}
			}
			page.Total = len(page.Products)
			return page, nil
		case ledger.CodeOf(err) != ledger.NotFound:
			return page, err
		}
	}
	table, column, order := from(q)
	condition, args, none, err := where(q, column)
	if err != nil {
		return page, err
	}
	if table == "placed" {
		condition = "placed.category = ?"
	}
	if none {
		return page, nil
	}
	err = s.reading(func(e *edition) error {
		if q.Keep != nil {
			return e.picked(ctx, q, &page, "SELECT "+column+" FROM "+table+" WHERE "+condition+
				" ORDER BY "+order, args)
		}
		all := "SELECT " + column + " FROM " + table + " WHERE " + condition +
			" ORDER BY " + order + " LIMIT ?"
		var numbers []int64
		var err error
		if table == "words" && q.Offset+q.Limit <= catalogue.MaxTotal {
			// To know the best, all have to be looked at: counting them again would cost as much.
			if numbers, err = e.numbers(ctx, all, append(args, catalogue.MaxTotal)...); err != nil {
				return err
			}
			page.Total = len(numbers)
			numbers = numbers[min(q.Offset, len(numbers)):min(q.Offset+q.Limit, len(numbers))]
			return e.load(ctx, numbers, &page)
		}
		err = e.db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+table+" WHERE "+condition+
			" LIMIT ?)", append(slices.Clone(args), catalogue.MaxTotal)...).Scan(&page.Total)
		if err != nil || page.Total == 0 {
			return err
		}
		if numbers, err = e.numbers(ctx, all+" OFFSET ?", append(args, q.Limit, q.Offset)...); err != nil {
			return err
		}
		return e.load(ctx, numbers, &page)
	})
	return page, err
}

func keeps(q catalogue.Query, p catalogue.Product) bool {
	return q.Keep == nil || slices.ContainsFunc(p.Variants, func(v catalogue.Variant) bool {
		return q.Keep(v.SKU)
	})
}

func (e *edition) numbers(ctx context.Context, query string, args ...any) (all []int64, err error) {
	rows, err := e.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// in is a condition on numbers, written out: they are ours.
func in(numbers []int64) (list string, args []any) {
	for _, n := range numbers {
		args = append(args, n)
	}
	return "(?" + strings.Repeat(", ?", len(numbers)-1) + ")", args
}

// load adds the products with these numbers to a page, in their order.
func (e *edition) load(ctx context.Context, numbers []int64, page *catalogue.Page) error {
	if len(numbers) == 0 {
		return nil
	}
	list, args := in(numbers)
	rows, err := e.query(ctx, "SELECT n, body FROM products WHERE n IN "+list, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := map[int64]catalogue.Product{}
	for rows.Next() {
		var n int64
		var body sql.RawBytes
		if err := rows.Scan(&n, &body); err != nil {
			return err
		}
		var p catalogue.Product
		if err := json.Unmarshal(body, &p); err != nil {
			return err
		}
		found[n] = p
	}
	for _, n := range numbers {
		page.Products = append(page.Products, found[n])
	}
	return rows.Err()
}

// picked goes through what was found and keeps what Query.Keep says.
func (e *edition) picked(ctx context.Context, q catalogue.Query, page *catalogue.Page,
	query string, args []any) error {
	candidates, err := e.numbers(ctx, query+" LIMIT ?", append(args, mostLooked)...)
	if err != nil {
		return err
	}
	var shown []int64
	for chunk := range slices.Chunk(candidates, 200) {
		list, args := in(chunk)
		rows, err := e.query(ctx, "SELECT product, sku FROM variants "+
			"WHERE product IN "+list, args...)
		if err != nil {
			return err
		}
		keep := map[int64]bool{}
		for rows.Next() {
			var n int64
			var sku string
			if err := rows.Scan(&n, &sku); err != nil {
				rows.Close()
				return err
			}
			keep[n] = keep[n] || q.Keep(sku)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, n := range chunk {
			if !keep[n] {
				continue
			}
			if page.Total++; page.Total > q.Offset && len(shown) < q.Limit {
				shown = append(shown, n)
			}
			if page.Total == catalogue.MaxTotal && len(shown) == q.Limit {
				return e.load(ctx, shown, page)
			}
		}
	}
	return e.load(ctx, shown, page)
}

// mostFacets bounds the values that are told of one attribute.
const mostFacets = 20

// Facets are the attributes of what a query finds, by attribute; Query.Keep is not asked.
func (s *Store) Facets(ctx context.Context, q catalogue.Query) (all []catalogue.Facet, err error) {
	table, column, _ := from(q)
	condition, args, none, err := where(q, column)
	if err != nil || none {
		return nil, err
	}
	if table == "placed" {
		condition = "placed.category = ?"
	}
	err = s.reading(func(e *edition) error {
		rows, err := e.db.QueryContext(ctx, "SELECT attribute, value, count(*) FROM valued "+
			"WHERE product IN (SELECT "+
			column+" FROM "+table+" WHERE "+condition+" LIMIT 5000) GROUP BY attribute, value "+
			"ORDER BY attribute, count(*) DESC, value", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var attribute string
			var v catalogue.FacetValue
			if err := rows.Scan(&attribute, &v.Value, &v.Count); err != nil {
				return err
			}
			if len(all) == 0 || all[len(all)-1].Attribute != attribute {
				all = append(all, catalogue.Facet{Attribute: attribute})
			}
			if last := &all[len(all)-1]; len(last.Values) < mostFacets {
				last.Values = append(last.Values, v)
			}
		}
		return rows.Err()
	})
	return all, err
}
