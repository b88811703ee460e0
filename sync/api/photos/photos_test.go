package photos_test

import (
	"testing"

	"cubby/sync/api/apitest"
)

func TestAPictureIsReadByItsReturnAndKeptByNobody(t *testing.T) {
	b := apitest.New(t)
	answer := b.Do("GET", "/v1/returns/R-0000-0001/photos/ph-1", "")
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/jpeg" ||
		answer.Header.Get("Cache-Control") != "no-store" || apitest.Text(t, answer) != "\xff\xd8\xff\xd9" {
		t.Errorf("%d, %v", answer.StatusCode, answer.Header)
	}
	for _, path := range []string{
		"/v1/returns/R-0000-0001/photos/ph-2", "/v1/returns/R-0000-0002/photos/ph-1", "/v1/returns/x/photos/ph-1",
		"/v1/returns/R-0000-0001/photos/..%2Fstation.key",
	} {
		if answer := b.Do("GET", path, ""); answer.StatusCode != 404 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}
