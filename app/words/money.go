package words

import (
	"cubby/locker/money/format"
	"cubby/locker/view"
)

// Money writes an amount as people who speak the language write it.
func Money(s Speaker, m view.Money) string { return format.Text(m.Minor, m.Currency, s.Tag()) }
