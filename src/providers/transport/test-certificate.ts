/** A self-signed certificate for localhost and 127.0.0.1 and its key, made for these tests and used nowhere else. Valid until 2126. */
export const testCertificate: string = `-----BEGIN CERTIFICATE-----
MIIBuDCCAV2gAwIBAgIURY0IPjuUrffyo/Y16G0rvmrCNIcwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXRmFydGhpbmcgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMTI1
MDM0WhgPMjEyNjEwMjgxMjUwMzRaMCIxIDAeBgNVBAMMF0ZhcnRoaW5nIHRlc3Qg
YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdpeOrRfSICbTfTJ3
KL25lWDUs/U5QDKySq9J8CW7G6kF0PET7gnYp3WkBVORLHvauhV5HVXx5sEnCs+4
pKFUCqNvMG0wHQYDVR0OBBYEFNozFtbEKlD2zjUqtFYV7ElIO1BgMB8GA1UdIwQY
MBaAFNozFtbEKlD2zjUqtFYV7ElIO1BgMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcE
fwAAATAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD1vVxgZ3ld
4VKzLkIbU+O/EI6/GbO9QOg+xm1MLrbL4AIhAOhtkc/XDgXqMzcuM28zS16Tjzco
lhs1+6JgNrvRL3qy
-----END CERTIFICATE-----
`;

/** Key of {@link testCertificate}. */
export const testKey: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggdvtdOImKLBY5jgh
KQlAkkd00ZAPb96PIvrfvFDcUfqhRANCAAR2l46tF9IgJtN9MncovbmVYNSz9TlA
MrJKr0nwJbsbqQXQ8RPuCdindaQFU5Ese9q6FXkdVfHmwScKz7ikoVQK
-----END PRIVATE KEY-----
`;
