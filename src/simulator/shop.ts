/** The account that is played: a shop for kitchen things with its agents, bots, segments and manner of speaking. */
export const shop = {
  agency: '5f0c41d2a7e3b90c1d2e4f60',
  customer: '60a1b37c5d8e92f4a06b7c18',
  aiAgent: '6530f2b84c1a7d9e05b3c276',
  agents: [
    '61b2c3d4e5f60718293a4b01',
    '61b2c3d4e5f60718293a4b02',
    '61b2c3d4e5f60718293a4b03',
    '61b2c3d4e5f60718293a4b04',
    '61b2c3d4e5f60718293a4b05',
  ],
  segments: ['62c4d5e6f708192a3b4c5d01', '62c4d5e6f708192a3b4c5d02', '62c4d5e6f708192a3b4c5d03'],
  tags: ['vip', 'wholesale', 'returns', 'delivery', 'newsletter', 'complaint', 'warranty', 'gift'],
  site: 'https://shop.example',
} as const;

export const platforms = ['WEBSITE', 'WHATSAPP', 'TELEGRAM', 'FACEBOOK', 'INSTAGRAM'] as const;
export type Platform = (typeof platforms)[number];

/** Per platform: the wire names of its bot and its user, its bots' ids, and its share of all contacts. */
export const channels = {
  WEBSITE: {
    botKey: '_botWebsite',
    userKey: '_userWebsite',
    bots: ['63d1e2f3a4b5c6d7e8f90101', '63d1e2f3a4b5c6d7e8f90102'],
    share: 50,
  },
  WHATSAPP: {
    botKey: '_botWhatsapp',
    userKey: '_userWhatsapp',
    bots: ['63d1e2f3a4b5c6d7e8f90201'],
    share: 30,
  },
  TELEGRAM: {
    botKey: '_botTelegram',
    userKey: '_userTelegram',
    bots: ['63d1e2f3a4b5c6d7e8f90301'],
    share: 5,
  },
  FACEBOOK: {
    botKey: '_botFacebook',
    userKey: '_userFacebook',
    bots: ['63d1e2f3a4b5c6d7e8f90401'],
    share: 7,
  },
  INSTAGRAM: {
    botKey: '_botAutomation',
    userKey: '_userAutomation',
    bots: ['63d1e2f3a4b5c6d7e8f90501'],
    share: 8,
  },
} as const satisfies Record<Platform, object>;

export const firstNames = [
  ...['Aisha', 'Amara', 'Ana', 'Arjun', 'Beatriz', 'Bongani', 'Carlos', 'Chloé', 'Daniel', 'Elif'],
  ...['Emeka', 'Fatima', 'Grace', 'Hannah', 'Hiroshi', 'Ines', 'Jan', 'Joana', 'Kavya', 'Kwame'],
  ...['Lars', 'Leila', 'Liam', 'Lindiwe', 'Lucía', 'Marek', 'Mei', 'Miguel', 'Naledi', 'Nikhil'],
  ...['Noor', 'Olga', 'Pedro', 'Priya', 'Rahul', 'Rosa', 'Sanjay', 'Sofia', 'Thabo', 'Yusuf'],
];

export const lastNames = [
  ...[
    'Abebe',
    'Andersen',
    'Banerjee',
    'Botha',
    'Costa',
    'Demir',
    'Dlamini',
    'Fernandes',
    'Fischer',
  ],
  ...[
    'García',
    'Haddad',
    'Iyer',
    'Jansen',
    'Kaya',
    'Khan',
    'Khumalo',
    'Kowalski',
    'Kumar',
    'Lopes',
  ],
  ...['Mehta', 'Mokoena', 'Moreau', 'Nakamura', 'Naidoo', "O'Brien", 'Okafor', 'Petrov', 'Reddy'],
  ...['Rossi', 'Sharma', 'Silva', 'Singh', 'Smith', 'van Wyk', 'Wang', 'Williams'],
];

export const places = [
  { city: 'Johannesburg', country: 'ZA', prefix: '+27' },
  { city: 'Cape Town', country: 'ZA', prefix: '+27' },
  { city: 'Mumbai', country: 'IN', prefix: '+91' },
  { city: 'Bengaluru', country: 'IN', prefix: '+91' },
  { city: 'Lisboa', country: 'PT', prefix: '+351' },
  { city: 'Lagos', country: 'NG', prefix: '+234' },
  { city: 'Hamburg', country: 'DE', prefix: '+49' },
  { city: 'Austin', country: 'US', prefix: '+1' },
];

/** What is said, by who says it. */
export const lines = {
  user: [
    'Hi, is the cast-iron pan back in stock?',
    'Where is my order? It should have come on Tuesday.',
    'The lid arrived cracked 😕 Can I get another?',
    'Do you deliver to the islands?',
    'Can I still change the address?',
    'Thanks, that fixed it!',
    'I would like to return the kettle, it leaks.',
    'What is the price for 40 sets, for our canteen?',
    'Does the knife set come with a warranty?',
    'My discount code WELCOME10 does not work',
    'Can I pay on delivery?',
    'Is anyone there?',
    'ok, I will wait for your mail',
    'Is the blue one dishwasher-safe?',
    'Please send me the invoice again.',
  ],
  bot: [
    'I am here to help you.',
    'Thanks! Could you tell me your order number?',
    'An agent will be with you shortly.',
    'You can follow your parcel with the link in your confirmation mail.',
    'Would you like to speak to one of our team?',
    'We deliver within three working days.',
  ],
  agent: [
    'Hello, I have taken over your conversation.',
    'A replacement is on its way to you.',
    'I have asked the warehouse and will write as soon as I know.',
    'Your refund was issued today.',
    'Here is the invoice, sorry for the wait.',
    'Is there anything else I can do for you?',
  ],
} as const;
export type Speaker = keyof typeof lines;
