package catalogue

import (
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Columns of a CSV. Those with a dot stand for a family: title.en, option.size.
const (
	colKind       = "kind" // empty or "product"; "category"
	colID         = "id"
	colParent     = "parent" // of a category
	colOrder      = "order"  // of a category
	colTitle      = "title."
	colText       = "text."
	colCategories = "categories" // ids with | between them
	colAttribute  = "attribute."
	colOption     = "option."
	colPictures   = "pictures" // names of files with | between them
	colAge        = "age"
	colReviews    = "review_count"
	colAverage    = "review_average" // stars with up to two decimals: 4.35
	colSource     = "review_source"
	colSKU        = "sku"
	colGTINs      = "gtins" // with | between them
	colWeight     = "weight_g"
	colLength     = "length_mm"
	colWidth      = "width_mm"
	colHeight     = "height_mm"
	colTax        = "tax"
)

var (
	columns = []string{
		colKind, colID, colParent, colOrder, colCategories, colPictures, colAge, colReviews,
		colAverage, colSource,
		colSKU, colGTINs, colWeight, colLength, colWidth, colHeight, colTax,
	}
	columnFamilies = []string{colTitle, colText, colAttribute, colOption}
	ofVariants     = []string{colSKU, colGTINs, colWeight, colLength, colWidth, colHeight, colTax}
)

// csvReader reads rows with a head of column names. A product has a row for each of its
// variants, one behind the other; what the rows of a product have in common stands in the
// first, and is empty or the same in the others.
type csvReader struct {
	*checker
	c    *csv.Reader
	in   *measured
	to   Sink
	head []string

	row  map[string]string // of the line that is read, without empty cells
	line int
	open *Product // whose rows are being read
	from map[string]string
	at   int // the line on which it began
	past int // mistakes before it
}

func readCSV(in *measured, to Sink) (Count, error) {
	r := &csvReader{checker: newChecker(), c: csv.NewReader(in), in: in, to: to}
	if line, _, _ := strings.Cut(string(in.head), "\n"); strings.Contains(line, ";") &&
		!strings.Contains(line, ",") {
		r.c.Comma = ';'
	}
	r.c.FieldsPerRecord = -1
	if err := r.rows(); err != nil {
		return Count{}, err
	}
	if err := r.close(); err != nil {
		return Count{}, err
	}
	if len(r.head) > 0 && len(r.products) == 0 && r.Mistakes.Count == 0 {
		r.refuse(1, "", "there is no product in the file")
	}
	err := r.end()
	return r.count(), err
}

func (r *csvReader) rows() error {
	for {
		r.in.allow(r.c.InputOffset())
		record, err := r.c.Read()
		var form *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &form) && !errors.Is(err, errLong) && !errors.Is(err, errFile):
			r.refuse(form.StartLine, "column "+strconv.Itoa(form.Column), "is no CSV: %v", form.Err)
			continue
		case errors.Is(err, errLong):
			r.refuse(r.line+1, "", "a row %v; is a quotation mark missing?", errLong)
			return nil
		case errors.Is(err, errFile):
			r.refuse(r.line+1, "", "%v", errFile)
			return nil
		case err != nil:
			return err
		}
		r.line, _ = r.c.FieldPos(0)
		if r.head == nil {
			if !r.heading(record) {
				return nil
			}
			continue
		}
		if err := r.one(record); err != nil {
			return err
		}
	}
}

// heading reads the names of columns. false: nothing below can be understood.
func (r *csvReader) heading(record []string) bool {
	before := r.Mistakes.Count
	for _, name := range record {
		name = strings.TrimSpace(name)
		known := slices.Contains(columns, name) || slices.ContainsFunc(columnFamilies, func(f string) bool {
			return strings.HasPrefix(name, f) && len(name) > len(f)
		})
		switch {
		case !known:
			r.refuse(r.line, "", "column %s is not known; known are %s, and title.LANGUAGE, text.LANGUAGE, "+
				"attribute.NAME, option.NAME", strconv.Quote(cut(name)), strings.Join(columns, ", "))
		case slices.Contains(r.head, name):
			r.refuse(r.line, "", "column %s stands twice", name)
		}
		r.head = append(r.head, name)
	}
	for _, must := range []string{colID, colSKU} {
		if !slices.Contains(r.head, must) {
			r.refuse(r.line, "", "column %s is missing", must)
		}
	}
	return r.Mistakes.Count == before
}

func (r *csvReader) one(record []string) error {
	if len(record) > len(r.head) {
		r.refuse(r.line, "", "has %d cells; the head has %d", len(record), len(r.head))
		return nil
	}
	r.row = map[string]string{}
	for i, cell := range record {
		if cell = strings.TrimSpace(cell); cell != "" {
			r.row[r.head[i]] = cell
		}
	}
	switch kind := r.row[colKind]; {
	case len(r.row) == 0:
		return nil
	case kind == "category":
		return r.asCategory()
	case kind != "" && kind != "product":
		r.refuse(r.line, colKind, "%s is not known; leave it empty, or write product or category",
			strconv.Quote(cut(kind)))
		return nil
	}
	if r.open == nil || r.open.ID != r.row[colID] {
		if err := r.close(); err != nil {
			return err
		}
		r.begin()
	} else {
		r.same()
	}
	r.more()
	return nil
}

func (r *csvReader) asCategory() error {
	if err := r.close(); err != nil {
		return err
	}
	before := r.Mistakes.Count
	for _, name := range slices.Sorted(maps.Keys(r.row)) {
		if !slices.Contains([]string{colKind, colID, colParent, colOrder}, name) &&
			!strings.HasPrefix(name, colTitle) {
			r.refuse(r.line, name, "a category has no such thing; leave it empty")
		}
	}
	one := Category{
		ID: r.row[colID], Parent: r.row[colParent], Title: r.family(colTitle), Order: r.number(colOrder),
	}
	r.category(r.line, one, inColumn)
	return r.hand(before, r.line, inColumn, func() error { return r.to.Category(one) })
}

// begin reads what the rows of a product have in common.
func (r *csvReader) begin() {
	r.at, r.from, r.past = r.line, r.row, r.Mistakes.Count
	r.open = &Product{
		ID: r.row[colID], Title: r.family(colTitle), Text: r.family(colText),
		Categories: list(r.row[colCategories]), Attributes: r.family(colAttribute), Age: r.number(colAge),
	}
	for _, name := range []string{colParent, colOrder} {
		if r.row[name] != "" {
			r.refuse(r.line, name, "a product has no such thing; leave it empty")
		}
	}
	for _, file := range list(r.row[colPictures]) {
		r.open.Pictures = append(r.open.Pictures, Picture{File: file})
	}
	if r.row[colReviews] != "" || r.row[colAverage] != "" || r.row[colSource] != "" {
		r.open.Reviews = &Reviews{r.number(colReviews), r.stars(), r.row[colSource]}
	}
}

// same refuses what another row of the product says otherwise.
func (r *csvReader) same() {
	for _, name := range slices.Sorted(maps.Keys(r.row)) {
		if slices.Contains(ofVariants, name) || strings.HasPrefix(name, colOption) || name == colKind ||
			r.row[name] == r.from[name] {
			continue
		}
		r.refuse(r.line, name, "differs from line %d, which begins the product; leave it empty", r.at)
	}
}

// more reads the variant of a row.
func (r *csvReader) more() {
	v := Variant{
		SKU: r.row[colSKU], Options: r.family(colOption), GTINs: list(r.row[colGTINs]),
		Weight: r.number(colWeight),
		Size:   Size{r.number(colLength), r.number(colWidth), r.number(colHeight)}, Tax: r.row[colTax],
	}
	r.variant(r.line, &v, inColumn)
	if len(r.open.Variants) <= MaxVariants { // one more is refused
		r.open.Variants = append(r.open.Variants, v)
	}
}

// close checks the product whose rows have ended.
func (r *csvReader) close() error {
	if r.open == nil {
		return nil
	}
	p := r.open
	r.open = nil
	r.product(r.at, p, inColumn)
	return r.hand(r.past, r.at, inColumn, func() error { return r.to.Product(*p) })
}

// family are the cells of columns that begin alike.
func (r *csvReader) family(prefix string) map[string]string {
	var all map[string]string
	for name, cell := range r.row {
		if member, ok := strings.CutPrefix(name, prefix); ok {
			if all == nil {
				all = map[string]string{}
			}
			all[member] = cell
		}
	}
	return all
}

func list(cell string) (all []string) {
	if cell == "" {
		return nil
	}
	for one := range strings.SplitSeq(cell, "|") {
		all = append(all, strings.TrimSpace(one))
	}
	return all
}

func (r *csvReader) number(column string) int {
	cell := r.row[column]
	if cell == "" {
		return 0
	}
	n, err := strconv.Atoi(cell)
	if err != nil {
		r.refuse(r.line, column, "%s is no whole number", strconv.Quote(cut(cell)))
	}
	return n
}

// stars reads "4.35" as hundredths.
func (r *csvReader) stars() int {
	whole, rest, _ := strings.Cut(r.row[colAverage], ".")
	n, err := strconv.Atoi(whole + (rest + "00")[:2])
	if err != nil || len(rest) > 2 || len(whole) != 1 {
		r.refuse(r.line, colAverage, "%s is no number of stars; write 4.35",
			strconv.Quote(cut(r.row[colAverage])))
		return 100
	}
	return n
}

// inColumn names the column in which a member of a catalogue stands.
func inColumn(parts ...string) string {
	known := map[string]string{
		"title": colTitle, "text": colText, "attributes": colAttribute, "options": colOption,
	}
	numbered := map[string]string{"gtins": colGTINs, "pictures": colPictures, "categories": colCategories}
	sized := map[string]string{"length": colLength, "width": colWidth, "height": colHeight}
	reviewed := map[string]string{"count": colReviews, "average": colAverage, "source": colSource}
	switch {
	case len(parts) > 1 && known[parts[0]] != "":
		return known[parts[0]] + parts[1]
	case known[parts[0]] != "":
		return strings.TrimSuffix(known[parts[0]], ".")
	case numbered[parts[0]] != "":
		return numbered[parts[0]]
	case parts[0] == "size_mm" && len(parts) > 1:
		return sized[parts[1]]
	case parts[0] == "reviews" && len(parts) > 1:
		return reviewed[parts[1]]
	case parts[0] == "variants" && len(parts) > 2:
		return inColumn(parts[2:]...)
	case parts[0] == "variants":
		return colSKU
	}
	return parts[0]
}
