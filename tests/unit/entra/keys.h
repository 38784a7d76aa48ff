/*
 * A key and a certificate made for these tests alone, issued by the certificate behind it:
 *   openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=azb test issuer"
 *   openssl req -new -newkey rsa:2048 -nodes -subj "/CN=azb test application"; openssl x509 -req
 */
#ifndef TEST_ENTRA_KEYS_H
#define TEST_ENTRA_KEYS_H

// clang-format off
static const char leaf_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC2iPlAvo+e4H1v\n"
    "zbz03oLszbjuCX+OQ69AveSvouio5yIi36Hl0FThrRGRUsgkBfi7tBHaBAFD9vkT\n"
    "gNWJRQeQ3Q+PCk/xZIgBbo/+1WSOZn9L1BK0Gvzk5jM3vryPOGkqaD+pIUv2NV2a\n"
    "hCCbSx0CeDFR410oEMD4IbN9j2iX2Rlv5YoNFMpXTcV+4bFsOYa1lyTISfCSemft\n"
    "KybV/7ql4JWJHr8QiaucrRo3p2+h8wFySToJLSxQ+PpGhswgtMrKep7G5BlVr4gR\n"
    "AIcCkLic4bWGpP2RcG6feeKQw/0LZILl2fPqZU8IP3krfEfoaQavBAACfpxResRI\n"
    "BtRkpMrzAgMBAAECggEARbC/JUp8MAb6rTyKJ51qtDmJIQysUCckWp4FmU8j8BSq\n"
    "8lCakdD8D1uR6P+HnUVQZW3HIQtFZmr9RsZ6AJpD3LmhzpV71yhwSsepH3zekwWs\n"
    "FUnnSC9DnasMI/zlJfM+J6w8nfix9VMDpVJL1q6TaVV1UxPxBbJ70mCflFEz+EEM\n"
    "bc0yx/b2xyBVzRAleA3JWRassiRPhN+EfNZODvI+o7Ov/m6G7/bmzW9UpDP2O9tm\n"
    "RBHYuN2CyFW7Oul+D3GazrWlsPnviMzLZ8A7EomCHKv3wGsKeSxIpWb7z/7yKGIW\n"
    "FaWMe9rluWF1LG+eZV1N/tNx/EP/sOmEx9I+4pZiUQKBgQDfl5hCmZxnOFHFOj6E\n"
    "RghFp9jkoc2z7/2/JqK6fb1BnpTvfU7aN8MmUp6P5qfXzeQAV/fDX/1wtDemT1tn\n"
    "iU2eovKcFkd7Ut9qEjh0mKP5mM+CJ5Tf+GWnQhGhMkoCmDDJTgabYUldGhjC+tw6\n"
    "mgAV9yQe9q0yGGNwp8Sqgm8wIwKBgQDQ/fOORQ8cWyM3zdqMG6ghpnlsIYsm/R1T\n"
    "jRTrTRl0ezTgiBXMycc2seMEF8oivT3d+BvqYPOoqmyGqN4rCVSz3Ou0UACbTWuu\n"
    "NBw7ANl6sfmhl95jUj6jMMhUSWhk+VIDyEDrsSKEjP+9kAc1tFDU+Eu/ok8V0QcF\n"
    "cigJP3A+8QKBgEI5cVSQkN2Vtcp31Npyr7KJ41jcf8PC2mJKfDpGUc7kvHIuqDND\n"
    "/t4T7HjstVva1KQxaeYJQVSnXDA7IvSIm1/YHYmTo7poMloFaYlHSJH968A+Hv8z\n"
    "YFBo5jXbYkZgc1q8bIKLDyKvPxRJHv+Qa2QWHjG5mFTVGmbcmghyt6IHAoGBAI6g\n"
    "oXU4oCVj9VcCP+JahZXhfQBUrBjBqR/6KoqjJXofE2kgtm/6TOCA6kNC0QqASBaS\n"
    "WsrLu74iAMqtuGF6jrnpTVrTNnbGkXRjz9hcrg9UIt8rO/RgjqrkgfMz3fD7TgOS\n"
    "yOuRCdOYPnhqMOFv27JceaWg6YQkETygOb6F8t6hAoGALe+OQv0vc82A4010p9eH\n"
    "/oE7XVDEmS3C79q13DKcA1Gdiw15y/41E9i3o8jvGMgMk5o59VFeecykoXyZ6RO3\n"
    "cSHb1+XfZs+Z6CEBr2AzqEsmALpQTJYlTJ+haw8J3vZ29t/Nv/4or4BW9iEn2Upv\n"
    "9IiGmBsFIsjjrqBzc/JELAM=\n"
    "-----END PRIVATE KEY-----\n";

static const char leaf_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICwDCCAagCFBciXfHNsfhbdge+Xa4RDbdeHMqzMA0GCSqGSIb3DQEBCwUAMBox\n"
    "GDAWBgNVBAMMD2F6YiB0ZXN0IGlzc3VlcjAeFw0yNjExMjMyMzAyNDNaFw0zNjEx\n"
    "MjAyMzAyNDNaMB8xHTAbBgNVBAMMFGF6YiB0ZXN0IGFwcGxpY2F0aW9uMIIBIjAN\n"
    "BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtoj5QL6PnuB9b8289N6C7M247gl/\n"
    "jkOvQL3kr6LoqOciIt+h5dBU4a0RkVLIJAX4u7QR2gQBQ/b5E4DViUUHkN0PjwpP\n"
    "8WSIAW6P/tVkjmZ/S9QStBr85OYzN768jzhpKmg/qSFL9jVdmoQgm0sdAngxUeNd\n"
    "KBDA+CGzfY9ol9kZb+WKDRTKV03FfuGxbDmGtZckyEnwknpn7Ssm1f+6peCViR6/\n"
    "EImrnK0aN6dvofMBckk6CS0sUPj6RobMILTKynqexuQZVa+IEQCHApC4nOG1hqT9\n"
    "kXBun3nikMP9C2SC5dnz6mVPCD95K3xH6GkGrwQAAn6cUXrESAbUZKTK8wIDAQAB\n"
    "MA0GCSqGSIb3DQEBCwUAA4IBAQCe3Uu/RxdhfdsZ0SnlQVWOVeWRamJJKsC0wnq7\n"
    "XrZVBsiGS/6y2qtOv68MLXjIdFtJrtuqd2/Pl1fy4CrExyzcvXZ87iASi3xKsRtL\n"
    "k8MUmwoD4SvtZOHRXgkw0KFDrUe8w4ElOtKmX98gKoB9GRJAjxqZdNT7mMG9wFpE\n"
    "Jxx4dVe2enVem32mGmV/Q5aZtunWeJgTu6ZWI8/wGlSTqNA8BNrShTNQrqeL9nZr\n"
    "fUBpecEzE3vBBqY8ieDET4/U5UPHNdI5hurROzMvytkX3lc1evyiXHrrjLr6c+VG\n"
    "corGjVOljkd/y79hDuvCOB01Fvi3zd4eUwoKT4fusWdxJW8Y\n"
    "-----END CERTIFICATE-----\n";

static const char issuer_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDFTCCAf2gAwIBAgIUc4AWo3eM00p7mc3eBTaXlzcJcyIwDQYJKoZIhvcNAQEL\n"
    "BQAwGjEYMBYGA1UEAwwPYXpiIHRlc3QgaXNzdWVyMB4XDTI2MTEyMzIzMDI0M1oX\n"
    "DTM2MTEyMDIzMDI0M1owGjEYMBYGA1UEAwwPYXpiIHRlc3QgaXNzdWVyMIIBIjAN\n"
    "BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAz4f/OF+tptPEkulIxtRxD4Lej/xv\n"
    "0dNqlEyi7htLUo7fM+4CD48e9XFvQImnIcEDaqaQjLYx6YWKdlCX3UxcSKH6WK2+\n"
    "HnM4HA/lHVbhA2OU90gl0W95WMulYJbSsRHWE0phPyzL287fbcBiVVewkdfA+3en\n"
    "P/t0tHhMa56Mh3wQ2uqnklsphcLs9Ks+N3eKETLuONfhkWsSB4b/Fj/OTUtiakwo\n"
    "onMN+xpA/7A87yVc8+YJxbLyKIv6AaSOfqW+y6I4oirtwFCF8kpJrvWTQCmp31qq\n"
    "lcWjiosrrTn8sAJR1aRqA32fu/gVIhQx6grmec7bmpWh98OixqrwKic2zQIDAQAB\n"
    "o1MwUTAdBgNVHQ4EFgQURq5tG3RFFauvG6qp8cbHsADhEc4wHwYDVR0jBBgwFoAU\n"
    "Rq5tG3RFFauvG6qp8cbHsADhEc4wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B\n"
    "AQsFAAOCAQEASosxsfAtzzOJJWCCBPSUpyBiN2p2Kw9+zlKP3KW0pUP04G52IoV7\n"
    "qPXWXD6OdhUk+ltwQGnPuwZ+ZKZnNxAftxTws6UoLPvEhdgv+1OYp6S/tVZfeII2\n"
    "7EBi5OBh9eGd61P4pXm5sukHc92164DXUGgvK14pG5OheJjmE8kQDww8+ih6/y76\n"
    "cobYjE66XS4i104BP6Dr+JzLw7qrsO+clh3M0uohlRJW8o7DddQCylVi/ntkbLip\n"
    "FGfUG/7VOG5DNOeTq6kWM9d2KyxWM0kOVrZGZxmuoeytgBGi/ifzmrBm16WMEA5e\n"
    "PsJUDlbZCcHyTAjEUy2dBLw9MmPQsg1eew==\n"
    "-----END CERTIFICATE-----\n";

static const char issuer_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDPh/84X62m08SS\n"
    "6UjG1HEPgt6P/G/R02qUTKLuG0tSjt8z7gIPjx71cW9AiachwQNqppCMtjHphYp2\n"
    "UJfdTFxIofpYrb4eczgcD+UdVuEDY5T3SCXRb3lYy6VgltKxEdYTSmE/LMvbzt9t\n"
    "wGJVV7CR18D7d6c/+3S0eExrnoyHfBDa6qeSWymFwuz0qz43d4oRMu441+GRaxIH\n"
    "hv8WP85NS2JqTCiicw37GkD/sDzvJVzz5gnFsvIoi/oBpI5+pb7LojiiKu3AUIXy\n"
    "Skmu9ZNAKanfWqqVxaOKiyutOfywAlHVpGoDfZ+7+BUiFDHqCuZ5ztualaH3w6LG\n"
    "qvAqJzbNAgMBAAECggEACV+LF3C61x4Zcsk2kERoFttCUh6ErmVuGuSbN0XkUQZC\n"
    "7oWBclJ0g4FsFO4irlOZY+fB/5j7CCEP7+gT89rPEDjApeCzBY0Oq7XME1cpMo38\n"
    "3G5Vxu/R+0C3Z3VobrbvhE+HtOLBElx1mu9lgZVEVFH6VWFCHJGu47fLO9EdZ8EN\n"
    "73lITpfMts2bwKccuvxZ4QJ6l9PanMgm+KvCgiq3hz9J8M2BGBF42PQ9U721e0+J\n"
    "6TuFMVyM6/gfJM/u9Oi4tAt+1mQXSCfzoLvHSikA1T8yMfA3gsq7h9iCw52hFvNN\n"
    "1kEM4MODohgCztQkzjvl1dKf042d/ACTVxZXCFeJwQKBgQDoSZohskBKfGgoqiDK\n"
    "uEhrjQ1k/+k1WptlpQgEYW4K/9Nb0TuevXByFkJ6+CSzl+CvQKFaGbGD1DjD0kkL\n"
    "rNwCrQeLx085l+galhf6Ufbi/04xM7gApT8uAkjRqS10R3ukJ9EPBlxiGT2eJOXj\n"
    "5jJ8Iau24pidjDKADn/ZbItuNwKBgQDkt2+tUvMluvhMDWgVN9NeZgS0nLL1f+mk\n"
    "AsdaXeGHoUpCF7qUe57lt24QEEbu9fgeaXVBPSbxDVDd41REIWIoVZeoilhyD5Dp\n"
    "6scQlFImBrxibopSgD6lveCRs8FmzSmNBnvn+lQPfFvxjeB/oCbwbCmS4xtT2QKp\n"
    "quCG8O6hGwKBgQC7P8nN7AFDijH0xeAVSqSmflgT2O/HoLiwIW7rCRdKKpvY4jvr\n"
    "ZM6mSSdiNXJwi7gFzlXDaf7dRFBWGsfjb38TcSQqG4rT5I6oD+JYWYZpymDf7M8h\n"
    "RhQ+JH1K9dO8bntPAwHV2MzUD4DKYPgo1MJRqlrf3J4mMoPrEsUhIgzr1QKBgFEW\n"
    "Y+acSQ4waoV0H1mecDbAjpyGDcCSOABo58q3DBVs7oneJc0swtoInWHek3d3Bx+p\n"
    "HeQiTSMbKHdyeFarS0Sni9w6KD9QG32DOk47d6B5tOJk9G9pfkx+tBaUF1ZeGIQi\n"
    "L13AV3siCOrr9RLqccO9ZUPpdq/UeWgz5+SPmNrPAoGAEGFNVe5Ina3G8LgQD+RO\n"
    "Sk5CKK67R/itv+KxHRUqHlSLr3RPVpE78/kjpSrUmdPOn+lZA933afI/9zA/D59h\n"
    "d235thsueYhVQfScfmtcS7UGMm5Ttl66b7CAgC+PNXkCoTDNWPwfTYTkrtD3hoev\n"
    "nzyvo5UZ6plhmhOl4iJ1Oig=\n"
    "-----END PRIVATE KEY-----\n";

/* As the file begins; nothing of it is ever decrypted. */
static const char encrypted_key[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIRbD2Rp2OgqICAggA\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* What openssl x509 -fingerprint says of leaf_pem. */
static const unsigned char leaf_sha1[] = {
    0x9b, 0x5d, 0x64, 0xd3, 0x83, 0x65, 0x4d, 0x15, 0x36, 0x64, 0x40, 0x58, 0x98, 0x61, 0x11, 0xd3,
    0x21, 0x80, 0x23, 0x28};
static const unsigned char leaf_sha256[] = {
    0x20, 0x02, 0x97, 0x39, 0x97, 0x97, 0x78, 0x16, 0x03, 0x57, 0x55, 0x79, 0x85, 0x2e, 0xbd, 0x20,
    0x4a, 0x17, 0xb8, 0x35, 0x78, 0xf7, 0x64, 0x3c, 0x65, 0xc0, 0xaa, 0x4f, 0xa4, 0x06, 0xb1, 0xb6};
// clang-format on

#endif
