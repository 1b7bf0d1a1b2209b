package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Of a call that had no answer, the host and the first cause are left; nothing is taken
// from another text.
func TestPlainly(t *testing.T) {
	const sdk = "unavailable: operation error SageMaker: DescribeModelPackage, https response error StatusCode: 0, RequestID: , request send failed, Post \"https://api.sagemaker.us-east-2.amazonaws.com/\": "
	for text, want := range map[string]string{
		sdk + "dial tcp: lookup api.sagemaker.us-east-2.amazonaws.com on 10.0.0.1:53: no such host": "api.sagemaker.us-east-2.amazonaws.com could not be reached: no such host",
		"finder: " + sdk + "dial tcp 10.0.0.1:443: i/o timeout":                                     "finder: api.sagemaker.us-east-2.amazonaws.com could not be reached: i/o timeout",
		sdk + "EOF": "api.sagemaker.us-east-2.amazonaws.com could not be reached: EOF",
		sdk + "tls: failed to verify certificate: x509: certificate signed by unknown authority\nmore":                                                                                                                                       "api.sagemaker.us-east-2.amazonaws.com could not be reached: certificate signed by unknown authority\nmore",
		"operation error STS: GetCallerIdentity, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post \"http://[::1]:1/x?y=z\": dial tcp [::1]:1: connect: connection refused": "[::1]:1 could not be reached: connection refused",
		"unavailable: https://example.com/logo.png: dial tcp: lookup example.com: no such host":                                                                                                                                              "example.com could not be reached: no such host",
		"promotion.logo: \"https://example.com/logo.png\": is no image":                                                                                                                                                                      "promotion.logo: \"https://example.com/logo.png\": is no image",
		"operation error SageMaker: DescribeModelPackage, https response error StatusCode: 400: no":                                                                                                                                          "operation error SageMaker: DescribeModelPackage, https response error StatusCode: 400: no",
		"": "",
	} {
		assert.Equal(t, want, plainly(text))
		for _, whole := range []*tool{{verbose: true}, {json: true}} {
			assert.Equal(t, text, whole.plainly(text))
		}
	}
}
