/** what is published: where each package's files are, and what it has besides compiled code */
export const packages = [
  {
    name: 'waterclock',
    folder: '.',
    rooms: [
      'activities',
      'columns',
      'control',
      'dbt',
      'define',
      'lake',
      'model',
      'records',
      'samples',
      'sources',
      'starter',
      'testing',
      'validate',
      'warehouse',
      'worker',
      'workflows',
    ],
    files: ['index.js', 'index.d.ts'],
    also: ['README.md', 'CHANGELOG.md', 'starter/bin.mjs', 'starter/templates'],
    renamed: { 'local/python/dbt.lock.txt': 'dbt/dbt.lock.txt' },
  },
  { name: '@waterclock/local', folder: 'local', also: ['README.md', 'python'], loose: /\.m(js|ts)$/ },
  {
    name: 'redshift-local',
    folder: 'redshift-local',
    also: ['README.md', 'bin.mjs', 'bootstrap'],
    renamed: { 'docs/local-redshift.md': 'local-redshift.md' },
  },
  {
    name: '@waterclock/infra',
    folder: 'infra',
    also: ['README.md', 'operate.sh', 'push-image.sh'],
<<<<<<< HEAD
    loose: /deployment\/.*\.m(js|ts)$/,
=======
    loose: /^deployment[/\\].*\.mjs$/,
>>>>>>> main
  },
  { name: 'create-waterclock', folder: 'create-waterclock', rooms: [], also: ['README.md', 'bin.mjs'] },
];
