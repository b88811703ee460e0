package plain

import "crypto/sha256"

// Digits are the digits and letters of numbers that people read out: none is taken for another.
const Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Number is a number that people read out, such as R-7K3M-9QPX: a letter that says of what it
// is, and 40 bits made of a seed that nobody can guess.
func Number(of byte, seed string) string {
	sum := sha256.Sum256([]byte(seed))
	b := []byte{of, '-', 0, 0, 0, 0, '-', 0, 0, 0, 0}
	for i, at := range []int{2, 3, 4, 5, 7, 8, 9, 10} {
		b[at] = Digits[sum[i]%32]
	}
	return string(b)
}
