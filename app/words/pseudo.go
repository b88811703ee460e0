package words

import "strings"

// Pseudo speaks a made-up language with letters that carry marks and sentences
// that are four tenths longer, as translations of English often are. Pages are
// tested with it for text that is cut off and for words not translated at all.
func Pseudo(base Speaker) Speaker { return pseudo{base} }

type pseudo struct{ base Speaker }

func (p pseudo) Tag() string { return p.base.Tag() }

func (p pseudo) Has(id string) bool { return p.base.Has(id) }

func (p pseudo) Say(id string, data Data) string {
	return Lengthen(p.base.Say(id, data))
}

var marked = strings.NewReplacer(
	"a",
	"á",
	"e",
	"é",
	"i",
	"î",
	"o",
	"ö",
	"u",
	"ü",
	"A",
	"Å",
	"E",
	"É",
	"O",
	"Ø",
	"c",
	"ç",
	"n",
	"ñ",
)

// Lengthen marks the letters of a sentence and makes it about 40 % longer, in
// words of ordinary length.
func Lengthen(s string) string {
	extra := (len([]rune(s))*4 + 9) / 10
	var b strings.Builder
	b.WriteString(marked.Replace(s))
	for i := 0; i < extra; i++ {
		if i%7 == 0 && i+1 < extra && extra > 3 {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte('~')
	}
	return b.String()
}
