enum EncodersPlaceholder {}
