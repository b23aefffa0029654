enum RelevancePlaceholder {}
