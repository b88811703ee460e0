// A shop to test against: Vendure in memory, seeded through its own admin API.
// PORT is where it listens; STATIONS are codes of stations with commas between them. It
// prints "ready" when it can be asked.
'use strict';
const {
    bootstrap, DefaultJobQueuePlugin, DefaultLogger, dummyPaymentHandler, LogLevel, MultiChannelStockLocationStrategy,
    OrderLine, TransactionalConnection,
} = require('@vendure/core');

const port = Number(process.env.PORT || 3900);
const stations = (process.env.STATIONS || 'kiosk').split(',');
const superadmin = { identifier: 'superadmin', password: process.env.PASSWORD || 'superadmin' };

// The goods of an order come from the location that is named as its shipping method: the
// usual strategy takes those of the first location, wherever the parcel goes.
class AtTheStation extends MultiChannelStockLocationStrategy {
    init(injector) {
        super.init(injector);
        this.db = injector.get(TransactionalConnection);
    }

    async forAllocation(ctx, locations, orderLine, quantity) {
        const line = await this.db.getRepository(ctx, OrderLine).findOne({
            where: { id: orderLine.id }, relations: { order: { shippingLines: { shippingMethod: true } } },
        });
        const codes = line.order.shippingLines.map(s => s.shippingMethod.code);
        const location = locations.find(l => codes.includes(l.name));
        return location ? [{ location, quantity }] : super.forAllocation(ctx, locations, orderLine, quantity);
    }
}

const config = {
    apiOptions: { port, hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: 'bearer', superadminCredentials: superadmin, requireVerification: false,
        cookieOptions: { secret: 'test' },
    },
    dbConnectionOptions: { type: 'sqljs', synchronize: true, autoSave: false, location: '' },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
    catalogOptions: { stockLocationStrategy: new AtTheStation() },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    plugins: [DefaultJobQueuePlugin],
};

let token = '';
async function admin(query, variables) {
    const res = await fetch(`http://127.0.0.1:${port}/admin-api`, {
        method: 'POST', body: JSON.stringify({ query, variables }),
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    });
    token = res.headers.get('vendure-auth-token') || token;
    const { data, errors } = await res.json();
    if (errors) throw new Error(JSON.stringify(errors));
    const first = Object.values(data)[0];
    if (first && first.errorCode) throw new Error(first.errorCode + ': ' + first.message);
    return first;
}

const arg = (name, value) => ({ name, value: String(value) });
const words = (name, more) => [{ languageCode: 'en', name, ...more }];

async function seed() {
    await admin(`mutation($u: String!, $p: String!) { login(username: $u, password: $p) {
        __typename ... on ErrorResult { errorCode message } } }`, { u: superadmin.identifier, p: superadmin.password });
    const country = await admin(`mutation($input: CreateCountryInput!) { createCountry(input: $input) { id } }`,
        { input: { code: 'DE', enabled: true, translations: words('Germany') } });
    const zone = await admin(`mutation($input: CreateZoneInput!) { createZone(input: $input) { id } }`,
        { input: { name: 'Europe', memberIds: [country.id] } });
    const tax = await admin(`mutation($input: CreateTaxCategoryInput!) { createTaxCategory(input: $input) { id } }`,
        { input: { name: 'Standard', isDefault: true } });
    await admin(`mutation($input: CreateTaxRateInput!) { createTaxRate(input: $input) { id } }`,
        { input: { name: 'Standard', enabled: true, value: 20, categoryId: tax.id, zoneId: zone.id } });
    const channel = await admin('{ activeChannel { id } }');
    await admin(`mutation($input: UpdateChannelInput!) { updateChannel(input: $input) { __typename
        ... on ErrorResult { errorCode message } } }`, { input: {
        id: channel.id, defaultTaxZoneId: zone.id, defaultShippingZoneId: zone.id, pricesIncludeTax: true,
        defaultCurrencyCode: 'EUR', availableCurrencyCodes: ['EUR'], trackInventory: true,
    } });
    await admin(`mutation($input: CreatePaymentMethodInput!) { createPaymentMethod(input: $input) { id } }`, { input: {
        code: 'card', enabled: true, translations: words('Card', { description: '' }),
        handler: { code: dummyPaymentHandler.code, arguments: [arg('automaticSettle', true)] },
    } });
    const role = await admin(`mutation($input: CreateRoleInput!) { createRole(input: $input) { id } }`, { input: {
        code: 'pickup', description: 'The connector', permissions: ['ReadOrder', 'UpdateOrder', 'ReadCatalog'],
    } });
    await admin(`mutation($input: CreateAdministratorInput!) { createAdministrator(input: $input) { id } }`, { input: {
        emailAddress: 'cubby@shop.example', firstName: 'Cubby', lastName: 'Connector', roleIds: [role.id],
        password: process.env.CONNECTOR_PASSWORD || 'connector',
    } });
    const places = [];
    for (const code of stations) {
        places.push(await admin(`mutation($input: CreateStockLocationInput!) { createStockLocation(input: $input) { id } }`,
            { input: { name: code } }));
        await pickup(code, 'Pickup at ' + code);
    }
    await pickup('to-the-house', 'Home delivery');
    await product('Jacket', 'JACKET-1', 4999, tax.id, places);
    await product('Scarf', 'SCARF-1', 1250, tax.id, places);
}

function pickup(code, name) {
    return admin(`mutation($input: CreateShippingMethodInput!) { createShippingMethod(input: $input) { id } }`, { input: {
        code, fulfillmentHandler: 'manual-fulfillment', translations: words(name, { description: '' }),
        checker: { code: 'default-shipping-eligibility-checker', arguments: [arg('orderMinimum', 0)] },
        calculator: { code: 'default-shipping-calculator', arguments: [
            arg('rate', 0), arg('includesTax', 'include'), arg('taxRate', 20)] },
    } });
}

async function product(name, sku, price, taxCategoryId, places) {
    const made = await admin(`mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }`, { input: {
        enabled: true, translations: words(name, { slug: sku.toLowerCase(), description: '' }) } });
    await admin(`mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }`,
        { input: [{
            productId: made.id, sku, price, taxCategoryId, translations: words(name), trackInventory: 'TRUE',
            stockLevels: places.map(p => ({ stockLocationId: p.id, stockOnHand: 100 })),
        }] });
}

bootstrap(config).then(seed).then(() => console.log('ready'), err => {
    console.error(err);
    process.exit(1);
});
