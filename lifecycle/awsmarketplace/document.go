package awsmarketplace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/document"
	smithydocument "github.com/aws/smithy-go/document"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// encode makes details a document for the wire. The SDK's own encoder knows
// nothing of json tags, so the details take the way through encoding/json; and
// it writes encoding/json's numbers as strings, so those become its own.
func encode(details any) (document.Interface, error) {
	data, err := json.Marshal(details)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	return document.NewLazyDocument(exactNumbers(plain)), nil
}

func exactNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		return smithydocument.Number(v)
	case []any:
		for i := range v {
			v[i] = exactNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = exactNumbers(v[key])
		}
	}
	return value
}

// deliveryOptions reads the delivery option id of each version from the
// document of a product. Members that are missing, null or unknown are
// passed over, as the Catalog API documentation asks of readers.
func deliveryOptions(product []byte) (map[string]string, error) {
	var document struct {
		Versions []struct {
			VersionTitle    string
			DeliveryOptions []struct {
				ID string `json:"Id"`
			}
		}
	}
	if err := json.Unmarshal(product, &document); err != nil {
		return nil, fmt.Errorf("the product's document cannot be read: %w", err)
	}
	ids := map[string]string{}
	for _, v := range document.Versions {
		// A version of a machine learning product has one delivery option.
		if v.VersionTitle != "" && len(v.DeliveryOptions) > 0 && v.DeliveryOptions[0].ID != "" {
			ids[v.VersionTitle] = v.DeliveryOptions[0].ID
		}
	}
	return ids, nil
}

// parseIdentifier takes "prod-ad8EXAMPLE651@3" apart.
func parseIdentifier(identifier string) (id string, revision int64, err error) {
	id, number, found := strings.Cut(identifier, "@")
	revision, err = strconv.ParseInt(number, 10, 64)
	if !found || id == "" || err != nil || revision < 1 {
		return "", 0, fmt.Errorf("entity identifier %q: want <id>@<revision>", rule.Shorten(identifier))
	}
	return id, revision, nil
}
