import AsyncHTTPClient
import Crypto
private let placeholder = HTTPClient.Configuration()
