package console

// Token is what forms of a session carry, whether it may act or not.
func Token(secret []byte, s Session) string {
	return (&request{Console: &Console{secret: secret}, Session: s}).token()
}
